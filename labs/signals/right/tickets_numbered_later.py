# The handler notes the ring; the numbers come when somebody asks.
class Tickets:
    def __init__(self):
        self.rings = []

    def on_ring(self, signum, frame):
        self.rings.append(None)

    @property
    def issued(self):
        return list(range(1, len(self.rings) + 1))
