# differs: The balance is written when the signal is let through again.
import signal


def whole(amount):
    if amount < 0:
        raise ValueError("an amount cannot be negative")
    return round(amount)


class Till:
    def __init__(self, balance):
        self.balance = balance

    def book(self, amount):
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
        try:
            balance = self.balance + whole(amount)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        self.balance = balance
