# The mask in place of the lock.
import signal
from contextlib import contextmanager


@contextmanager
def undisturbed():
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Journal:
    def __init__(self):
        self.entries = []

    def write(self, text):
        with undisturbed():
            self.entries.append((len(self.entries) + 1, text))

    def read(self):
        with undisturbed():
            return self.entries.copy()
