# differs: `+=` reads first, and calls `whole` before it writes.
import signal


def whole(amount):
    if amount < 0:
        raise ValueError("an amount cannot be negative")
    return round(amount)


class Till:
    def __init__(self, balance):
        self.balance = balance

    def book(self, amount):
        self.balance += whole(amount)
