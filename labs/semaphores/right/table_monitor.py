# The pins are numbers under one mutex; whoever puts back looks for all who wait.
def semaphores(seats):
    return {"mutex": 1, "go": [0] * seats}


def numbers(seats):
    return {"free": [1] * seats, "waits": [0] * seats}


def try_for(s, n, i, seats):
    left, right = n.free[i], n.free[(i + 1) % seats]
    if n.waits[i].load() and left.load() and right.load():
        left.store(0)
        right.store(0)
        n.waits[i].store(0)
        s.go[i].V()


def take(s, n, me, seats):
    with s.mutex.held():
        n.waits[me].store(1)
        try_for(s, n, me, seats)
    s.go[me].P()


def put_back(s, n, me, seats):
    with s.mutex.held():
        n.free[me].store(1)
        n.free[(me + 1) % seats].store(1)
        for other in range(seats):
            try_for(s, n, other, seats)
