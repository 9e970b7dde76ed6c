# differs: Without the lock nothing waits, and two entries get one number.
class Journal:
    def __init__(self):
        self.entries = []

    def write(self, text):
        number = len(self.entries) + 1
        self.entries.append((number, text))

    def read(self):
        return list(self.entries)
