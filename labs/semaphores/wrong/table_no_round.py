# raised: the neighbour of the last baker is the first
def semaphores(seats):
    return {"pin": [1] * seats}


def numbers(seats):
    return {}


def take(s, n, me, seats):
    s.pin[me].P()
    s.pin[me + 1].P()


def put_back(s, n, me, seats):
    s.pin[me].V()
    s.pin[me + 1].V()
