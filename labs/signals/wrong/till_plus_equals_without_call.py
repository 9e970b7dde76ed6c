# differs: Right on this CPython by luck: the language promises nothing of the kind.
import signal


def whole(amount):
    if amount < 0:
        raise ValueError("an amount cannot be negative")
    return round(amount)


class Till:
    def __init__(self, balance):
        self.balance = balance

    def book(self, amount):
        amount = whole(amount)
        self.balance += amount
