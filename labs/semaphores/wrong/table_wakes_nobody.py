# stuck: tests the neighbours, and forgets to wake them
def semaphores(seats):
    return {"mutex": 1, "may": [0] * seats}


def numbers(seats):
    return {"rolls": [0] * seats, "hungry": [0] * seats}


def test(s, n, i, seats):
    if n.hungry[i].load() and not n.rolls[i - 1].load() and not n.rolls[(i + 1) % seats].load():
        n.hungry[i].store(0)
        n.rolls[i].store(1)
        s.may[i].V()


def take(s, n, me, seats):
    with s.mutex.held():
        n.hungry[me].store(1)
        test(s, n, me, seats)
    s.may[me].P()


def put_back(s, n, me, seats):
    with s.mutex.held():
        n.rolls[me].store(0)
