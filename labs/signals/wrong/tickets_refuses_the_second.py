# differs: The second ring gets no ticket.
class Tickets:
    def __init__(self):
        self.busy = False
        self.next = 1
        self.issued = []

    def on_ring(self, signum, frame):
        if not self.busy:
            self.busy = True
            self.issued.append(self.next)
            self.next += 1
            self.busy = False
