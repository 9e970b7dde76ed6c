# A roll of printed tickets, from which one is torn off.
class Tickets:
    def __init__(self):
        self.roll = list(range(1000, 0, -1))
        self.issued = []

    def on_ring(self, signum, frame):
        self.issued.append(self.roll.pop())
