# The last one does not wait, and opens a door of its own for each other one.
semaphores = {"m": 1, "g": [0, 0, 0]}
numbers = {"n": 0}


def arrive(s, n, me, bakers):
    s.m.P()
    n.n.store(n.n.load() + 1)
    if n.n.load() < bakers:
        s.m.V()
        s.g[me].P()
    else:
        n.n.store(0)
        for other in range(bakers):
            if other != me:
                s.g[other].V()
        s.m.V()
