# raised: No method is replaced, but the table is seen while it is being filled.
class Prices:
    def __init__(self, entries):
        self.entries, self.table = entries, None

    def of(self, item):
        if self.table is None:
            self.table = {}
            for name, price in self.entries:
                self.table[name] = price
        return self.table[item]
