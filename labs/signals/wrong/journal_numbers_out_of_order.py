# differs: The numbers are all different, but not in order.
import itertools


class Journal:
    def __init__(self):
        self.numbers = itertools.count(1)
        self.entries = []

    def write(self, text):
        number = next(self.numbers)
        self.entries.append((number, text))

    def read(self):
        return list(self.entries)
