# A context manager of one's own, from a generator.
import contextlib
import signal


@contextlib.contextmanager
def undisturbed(*signals):
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def whole(amount):
    if amount < 0:
        raise ValueError("an amount cannot be negative")
    return round(amount)


class Till:
    def __init__(self, balance):
        self.balance = balance

    def book(self, amount):
        with undisturbed(signal.SIGUSR1):
            self.balance += whole(amount)
