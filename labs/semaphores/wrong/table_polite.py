# busy: puts the first pin down and tries again, for ever and ever
def semaphores(seats):
    return {"pin": [1] * seats}


def numbers(seats):
    return {}


def take(s, n, me, seats):
    while True:
        s.pin[me].P()
        try:
            return s.pin[(me + 1) % seats].P_nowait()
        except Exception:
            s.pin[me].V()


def put_back(s, n, me, seats):
    s.pin[me].V()
    s.pin[(me + 1) % seats].V()
