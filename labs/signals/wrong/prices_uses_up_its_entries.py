# raised: Two calls that both make the table take the entries from each other.
class Prices:
    def __init__(self, entries):
        self.entries, self.table = list(entries), {}

    def of(self, item):
        while self.entries:
            name, price = self.entries.pop()
            self.table[name] = price
        return self.table[item]
