# differs: A ring that comes between the look and the handler is noted, and nobody looks again.
import signal


class Telephone:
    def __init__(self, answer):
        self.answer, self.waiting = answer, 0

    def open_line(self):
        signal.signal(signal.SIGUSR1, self.answer)

    def note(self, signum, frame):
        self.waiting += 1

    def hold(self):
        signal.signal(signal.SIGUSR1, self.note)

    def resume(self):
        if self.waiting:
            self.answer(signal.SIGUSR1, None)
        self.waiting = 0
        signal.signal(signal.SIGUSR1, self.answer)

    def close_line(self):
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
