# The table is made by whoever needs it first, perhaps twice, and put in place ready.
class Prices:
    def __init__(self, entries):
        self._entries, self._table = entries, None

    @property
    def table(self):
        if self._table is None:
            self._table = {item: price for item, price in self._entries}
        return self._table

    def of(self, item):
        return self.table[item]
