# A number from a counter that cannot be interrupted; sorted when read.
import itertools


class Journal:
    def __init__(self):
        self.numbers = itertools.count(1)
        self.entries = []

    def write(self, text):
        self.entries.append((next(self.numbers), text))

    def read(self):
        return sorted(self.entries)
