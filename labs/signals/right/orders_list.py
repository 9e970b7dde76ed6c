# A list: append and pop(0) are one step each, and only the program removes.
class Orders:
    def __init__(self):
        self.waiting = []

    def take_call(self, order):
        self.waiting.append(order)

    def next(self):
        try:
            return self.waiting.pop(0)
        except IndexError:
            return None
