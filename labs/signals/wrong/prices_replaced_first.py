# raised: The table is made out of sight, but the method was replaced before.
class Prices:
    def __init__(self, entries):
        self.entries = entries

    def of(self, item):
        self.of = self.look_up
        self.table = dict(self.entries)
        return self.look_up(item)

    def look_up(self, item):
        return self.table[item]
