# Looks through the entries each time.
class Prices:
    def __init__(self, entries):
        self.entries = tuple(map(tuple, entries))

    def of(self, item):
        return next(price for name, price in self.entries if name == item)
