# differs: The number is that of the list before it grew.
class Tickets:
    def __init__(self):
        self.issued = []

    def on_ring(self, signum, frame):
        self.issued.append(len(self.issued) + 1)
