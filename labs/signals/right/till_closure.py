# Closures in place of a class's attributes.
import signal


def make_booking(till):
    def book(amount):
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1, signal.SIGUSR2})
        try:
            till.balance = till.balance + whole(amount)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return book


def whole(amount):
    if amount < 0:
        raise ValueError
    return round(amount)


class Till:
    def __init__(self, balance):
        self.balance = balance
        self.book = make_booking(self)
