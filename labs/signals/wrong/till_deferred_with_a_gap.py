# differs: An amount that comes after the last look and before `busy = False` stays where it is.
import signal


def whole(amount):
    if amount < 0:
        raise ValueError("an amount cannot be negative")
    return round(amount)


class Till:
    def __init__(self, balance):
        self.balance = balance
        self.busy, self.waiting = False, []

    def book(self, amount):
        self.waiting.append(whole(amount))
        if self.busy:
            return
        self.busy = True
        while self.waiting:
            self.balance = self.balance + self.waiting.pop()
        self.busy = False
