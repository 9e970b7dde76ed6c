# the number of the loaf is an address, too
def deliver(loaf, me, belt):
    belt.send(str(loaf), 1)
    return int(belt.receive(1 + loaf))


def buy(belt):
    loaf = int(belt.receive(1))
    belt.send(str(3 * loaf), 1 + loaf)
    return loaf
