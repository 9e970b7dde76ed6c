# a ring under one mutex
class Ring:
    """Two numbers on the slate: how many went in, and how many came out."""

    def __init__(self, s, rack, slate):
        self.s, self.rack, self.slate = s, rack, slate

    def put(self, loaf):
        self.s.empty.P()
        with self.s.mutex.held():
            self.rack[self.count(0) % len(self.rack)] = loaf
        self.s.full.V()

    def take(self):
        self.s.full.P()
        with self.s.mutex.held():
            loaf = self.rack[self.count(1) % len(self.rack)]
        self.s.empty.V()
        return loaf

    def count(self, which):
        n = self.slate[which]
        self.slate[which] = n + 1
        return n


def semaphores(places):
    return {"empty": places, "full": 0, "mutex": 1}


def put(loaf, s, rack, slate):
    Ring(s, rack, slate).put(loaf)


def take(s, rack, slate):
    return Ring(s, rack, slate).take()
