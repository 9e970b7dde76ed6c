# differs: What is ignored is lost.
import signal


class Telephone:
    def __init__(self, answer):
        self.answer = answer

    def open_line(self):
        signal.signal(signal.SIGUSR1, self.answer)

    def hold(self):
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)

    def resume(self):
        signal.signal(signal.SIGUSR1, self.answer)

    def close_line(self):
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
