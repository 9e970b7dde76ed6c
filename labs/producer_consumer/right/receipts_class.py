# the belt with a way to speak over it
class Line:
    """One direction of a belt: messages of one type."""

    def __init__(self, belt, kind):
        self.belt, self.kind = belt, kind

    def say(self, *numbers):
        self.belt.send(" ".join(map(str, numbers)), self.kind)

    def hear(self):
        return [int(word) for word in self.belt.receive(self.kind).split()]


def deliver(loaf, me, belt):
    Line(belt, 1).say(loaf, me)
    price, = Line(belt, 100 + me).hear()
    return price


def buy(belt):
    loaf, baker = Line(belt, 1).hear()
    Line(belt, 100 + baker).say(3 * loaf)
    return loaf
