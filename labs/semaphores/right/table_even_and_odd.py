# Even bakers take the left pin first, odd ones the right.
def semaphores(seats):
    return {"pin": [1] * seats}


def numbers(seats):
    return {}


def take(s, n, me, seats):
    left, right = me, (me + 1) % seats
    if me % 2:
        left, right = right, left
    s.pin[left].P()
    s.pin[right].P()


def put_back(s, n, me, seats):
    s.pin[(me + 1) % seats].V()
    s.pin[me].V()
