# differs: An ignored signal is lost, not put off.
import signal


def whole(amount):
    if amount < 0:
        raise ValueError("an amount cannot be negative")
    return round(amount)


class Till:
    def __init__(self, balance):
        self.balance = balance

    def book(self, amount):
        handler = signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        try:
            self.balance = self.balance + whole(amount)
        finally:
            signal.signal(signal.SIGUSR1, handler)
