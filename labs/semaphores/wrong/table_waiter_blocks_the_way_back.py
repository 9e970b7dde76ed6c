# stuck: with the waiter's mutex one also puts back, while another waits with it in the hand
def semaphores(seats):
    return {"pin": [1] * seats, "waiter": 1}


def numbers(seats):
    return {}


def take(s, n, me, seats):
    with s.waiter.held():
        s.pin[me].P()
        s.pin[(me + 1) % seats].P()


def put_back(s, n, me, seats):
    with s.waiter.held():
        s.pin[me].V()
        s.pin[(me + 1) % seats].V()
