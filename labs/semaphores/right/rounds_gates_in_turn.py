# Two gates, used in turn: nobody is two rounds ahead. The last one does not wait.
semaphores = {"mutex": 1, "gate": [0, 0]}
numbers = {"here": 0, "round": 0}


def arrive(s, n, me, bakers):
    with s.mutex.held():
        gate = s.gate[n.round.load() % 2]
        here = n.here.load() + 1
        n.here.store(here % bakers)
        if here == bakers:
            n.round.store(n.round.load() + 1)
            for _ in range(bakers - 1):
                gate.V()
            return
    gate.P()
