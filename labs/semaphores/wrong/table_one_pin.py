# differs: takes one pin only
def semaphores(seats):
    return {"pin": [1] * seats}


def numbers(seats):
    return {}


def take(s, n, me, seats):
    s.pin[me].P()


def put_back(s, n, me, seats):
    s.pin[me].V()
