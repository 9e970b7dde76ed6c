# stuck: every baker takes the right pin first, which is a ring just as well
def semaphores(seats):
    return {"pin": [1] * seats}


def numbers(seats):
    return {}


def take(s, n, me, seats):
    s.pin[(me + 1) % seats].P()
    s.pin[me].P()


def put_back(s, n, me, seats):
    s.pin[me].V()
    s.pin[(me + 1) % seats].V()
