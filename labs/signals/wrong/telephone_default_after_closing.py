# died: No handler is not the same as ignoring: the default action ends the process.
import signal


class Telephone:
    def __init__(self, answer):
        self.answer = answer

    def open_line(self):
        signal.signal(signal.SIGUSR1, self.answer)

    def hold(self):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})

    def resume(self):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})

    def close_line(self):
        signal.signal(signal.SIGUSR1, signal.SIG_DFL)
