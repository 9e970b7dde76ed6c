# differs: The ring meets a handler that throws it away.
import signal


class Telephone:
    def __init__(self, answer):
        self.answer, self.on_hold = answer, False

    def open_line(self):
        signal.signal(signal.SIGUSR1, self.on_ring)

    def on_ring(self, signum, frame):
        if not self.on_hold:
            self.answer(signum, frame)

    def hold(self):
        self.on_hold = True

    def resume(self):
        self.on_hold = False

    def close_line(self):
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
