# differs: the last one does not wait, but does a V for itself, too
semaphores = {"mutex": 1, "gate": [0, 0]}
numbers = {"here": 0, "round": 0}


def arrive(s, n, me, bakers):
    with s.mutex.held():
        gate = s.gate[n.round.load() % 2]
        here = n.here.load() + 1
        if here == bakers:
            n.here.store(0)
            n.round.store(n.round.load() + 1)
            for _ in range(bakers):
                gate.V()
            return
        n.here.store(here)
    gate.P()
