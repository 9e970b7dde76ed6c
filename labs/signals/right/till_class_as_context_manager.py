# A class with __enter__ and __exit__, and all signals blocked.
from signal import SIG_BLOCK, SIG_SETMASK, pthread_sigmask, valid_signals


class Undisturbed:
    def __enter__(self):
        self._before = pthread_sigmask(SIG_BLOCK, valid_signals())
        return self

    def __exit__(self, kind, error, trace):
        pthread_sigmask(SIG_SETMASK, self._before)
        return False


class Till:
    def __init__(self, balance):
        self.balance = balance

    def book(self, amount):
        if amount < 0:
            raise ValueError(f"{amount} is negative")
        with Undisturbed():
            self.balance = self.balance + round(amount)
