# failed: The newest order comes first.
class Orders:
    def __init__(self):
        self.waiting = []

    def take_call(self, order):
        self.waiting.append(order)

    def next(self):
        return self.waiting.pop() if self.waiting else None
