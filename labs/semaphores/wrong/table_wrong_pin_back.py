# stuck: the last V goes to the wrong pin
def semaphores(seats):
    return {"pin": [1] * seats}


def numbers(seats):
    return {}


def take(s, n, me, seats):
    for pin in sorted([me, (me + 1) % seats]):
        s.pin[pin].P()


def put_back(s, n, me, seats):
    s.pin[me].V()
    s.pin[me - 1].V()
