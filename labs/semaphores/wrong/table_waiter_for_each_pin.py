# stuck: the waiter is asked for each pin, not for both
def semaphores(seats):
    return {"pin": [1] * seats, "waiter": 1}


def numbers(seats):
    return {}


def take(s, n, me, seats):
    for pin in (me, (me + 1) % seats):
        with s.waiter.held():
            s.pin[pin].P()


def put_back(s, n, me, seats):
    s.pin[me].V()
    s.pin[(me + 1) % seats].V()
