# blocked: An amount that is refused leaves the signal blocked.
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
        self.balance = self.balance + whole(amount)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
