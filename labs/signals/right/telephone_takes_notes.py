# No mask: on hold another handler takes notes, and it is gone before they are read.
import signal


class Telephone:
    def __init__(self, answer):
        self.answer, self.notes = answer, []

    def open_line(self):
        signal.signal(signal.SIGUSR1, self.answer)

    def hold(self):
        signal.signal(signal.SIGUSR1, lambda signum, frame: self.notes.append(signum))

    def resume(self):
        signal.signal(signal.SIGUSR1, self.answer)
        while self.notes:
            self.answer(self.notes.pop(), None)

    def close_line(self):
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
