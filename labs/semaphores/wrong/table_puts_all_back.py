# differs: puts the pins back, and a third that nobody took
def semaphores(seats):
    return {"pin": [1] * seats}


def numbers(seats):
    return {}


def take(s, n, me, seats):
    for pin in sorted([me, (me + 1) % seats]):
        s.pin[pin].P()


def put_back(s, n, me, seats):
    for pin in range(seats):
        s.pin[pin].V()
