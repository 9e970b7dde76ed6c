# One baker does it the other way round.
def semaphores(seats):
    return {"pin": [1] * seats}


def numbers(seats):
    return {}


def pins(s, me, seats):
    mine = [s.pin[me], s.pin[(me + 1) % seats]]
    return mine[::-1] if me == 0 else mine


def take(s, n, me, seats):
    for pin in pins(s, me, seats):
        pin.P()


def put_back(s, n, me, seats):
    for pin in pins(s, me, seats):
        pin.V()
