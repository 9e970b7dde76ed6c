# A seat fewer than bakers.
def semaphores(seats):
    return {"pin": [1] * seats, "seat": seats - 1}


def numbers(seats):
    return {}


def take(s, n, me, seats):
    s.seat.P()
    s.pin[me].P()
    s.pin[(me + 1) % seats].P()


def put_back(s, n, me, seats):
    s.pin[me].V()
    s.pin[(me + 1) % seats].V()
    s.seat.V()
