# One at a time may take, so nobody waits for a pin with only one in the hand and others taking. Many may roll.
def semaphores(seats):
    return {"pin": [1] * seats, "waiter": 1}


def numbers(seats):
    return {}


def take(s, n, me, seats):
    with s.waiter.held():
        s.pin[me].P()
        s.pin[(me + 1) % seats].P()


def put_back(s, n, me, seats):
    s.pin[me].V()
    s.pin[(me + 1) % seats].V()
