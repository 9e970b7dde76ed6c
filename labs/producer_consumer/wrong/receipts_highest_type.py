# stuck: a negative type asks for the lowest there is
DELIVERY, PAYMENT = 1, 2        # baker 1 gets payments of type 3, baker 2 of type 4, …


def deliver(loaf, me, belt):
    """Baker number `me` delivers a loaf; what she is paid for it."""
    belt.send(loaf.to_bytes(4, "big") + me.to_bytes(4, "big"), DELIVERY)
    return int.from_bytes(belt.receive(-(PAYMENT + me)), "big")


def buy(belt):
    """A seller takes the next delivery and pays for it; the number of the loaf."""
    message = belt.receive(DELIVERY)
    loaf, baker = int.from_bytes(message[:4], "big"), int.from_bytes(message[4:], "big")
    belt.send((3 * loaf).to_bytes(8, "big"), PAYMENT + baker)
    return loaf
