# Dijkstra's and Tanenbaum's: no pins, but states, and a semaphore of each baker's own.
def semaphores(seats):
    return {"mutex": 1, "may": [0] * seats}


def numbers(seats):
    return {"state": [0] * seats}


RESTS, HUNGRY, ROLLS = 0, 1, 2


def test(s, n, i, seats):
    neighbours = n.state[i - 1].load(), n.state[(i + 1) % seats].load()
    if n.state[i].load() == HUNGRY and ROLLS not in neighbours:
        n.state[i].store(ROLLS)
        s.may[i].V()


def take(s, n, me, seats):
    with s.mutex.held():
        n.state[me].store(HUNGRY)
        test(s, n, me, seats)
    s.may[me].P()


def put_back(s, n, me, seats):
    with s.mutex.held():
        n.state[me].store(RESTS)
        test(s, n, (me - 1) % seats, seats)
        test(s, n, (me + 1) % seats, seats)
