# differs: One line is not one step.
import signal


def whole(amount):
    if amount < 0:
        raise ValueError("an amount cannot be negative")
    return round(amount)


class Till:
    def __init__(self, balance):
        self.balance = balance

    def book(self, amount):
        self.balance = self.balance + whole(amount)
