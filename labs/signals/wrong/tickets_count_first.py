# differs: Counting first moves the gap, it does not close it.
class Tickets:
    def __init__(self):
        self.last = 0
        self.issued = []

    def on_ring(self, signum, frame):
        self.last = self.last + 1
        self.issued.append(self.last)
