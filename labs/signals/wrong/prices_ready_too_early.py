# raised: The flag says ready before the table is.
class Prices:
    def __init__(self, entries):
        self.entries, self.ready, self.table = entries, False, {}

    def of(self, item):
        if not self.ready:
            self.ready = True
            self.table = dict(self.entries)
        return self.table[item]
