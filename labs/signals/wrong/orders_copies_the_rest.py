# differs: An order that comes between the copy and the exchange is gone.
class Orders:
    def __init__(self):
        self.waiting = []

    def take_call(self, order):
        self.waiting.append(order)

    def next(self):
        if not self.waiting:
            return None
        first, rest = self.waiting[0], self.waiting[1:]
        self.waiting = rest
        return first
