# A decorator, with functools.wraps.
import functools
import signal


def undisturbed(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
        try:
            return function(*args, **kwargs)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return wrapper


class Till:
    def __init__(self, balance: int) -> None:
        self.balance = balance

    @undisturbed
    def book(self, amount: int) -> None:
        if amount < 0:
            raise ValueError("negative")
        self.balance += round(amount)
