# stuck: A lock, where the handler is the one who waits.
import threading


def whole(amount):
    if amount < 0:
        raise ValueError("an amount cannot be negative")
    return round(amount)


class Till:
    def __init__(self, balance):
        self.balance = balance
        self.lock = threading.Lock()

    def book(self, amount):
        with self.lock:
            self.balance = self.balance + whole(amount)
