# The same, but each baker counts its rounds itself: a global variable is each process's own, and that is right here.
semaphores = {"mutex": 1, "even": 0, "odd": 0}
numbers = {"here": 0}
rounds = 0


def arrive(s, n, me, bakers):
    global rounds
    gate = (s.even, s.odd)[rounds % 2]
    rounds += 1
    with s.mutex.held():
        here = n.here.load() + 1
        n.here.store(here % bakers)
        if here == bakers:
            for _ in range(bakers):
                gate.V()
    gate.P()
