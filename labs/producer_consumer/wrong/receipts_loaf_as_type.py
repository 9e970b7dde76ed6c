# stuck: the payment for loaf 1 has the type of deliveries
def deliver(loaf, me, belt):
    belt.send(loaf.to_bytes(8, "big"), 1)
    return int.from_bytes(belt.receive(loaf), "big")


def buy(belt):
    loaf = int.from_bytes(belt.receive(1), "big")
    belt.send((3 * loaf).to_bytes(8, "big"), loaf)
    return loaf
