# differs: The order that comes at a bad moment is thrown away.
import signal


def whole(amount):
    if amount < 0:
        raise ValueError("an amount cannot be negative")
    return round(amount)


class Till:
    def __init__(self, balance):
        self.balance = balance
        self.busy = False

    def book(self, amount):
        if self.busy:
            return
        self.busy = True
        try:
            self.balance = self.balance + whole(amount)
        finally:
            self.busy = False
