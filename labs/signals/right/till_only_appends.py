# No mask at all: bookings are only ever added to a list, and the balance is their sum.
class Till:
    def __init__(self, balance):
        self.bookings = [balance]

    def book(self, amount):
        if amount < 0:
            raise ValueError("an amount cannot be negative")
        self.bookings.append(round(amount))

    @property
    def balance(self):
        return sum(self.bookings)
