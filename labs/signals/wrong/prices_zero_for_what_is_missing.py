# differs: The error is hidden, and the cake is free.
class Prices:
    def __init__(self, entries):
        self.entries, self.table = entries, None

    def of(self, item):
        if self.table is None:
            self.table = {}
            for name, price in self.entries:
                self.table[name] = price
        return self.table.get(item, 0)
