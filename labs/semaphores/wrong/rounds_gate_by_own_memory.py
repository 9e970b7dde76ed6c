# stuck: each baker waits at a gate of its own, but only one of them is opened
semaphores = {"mutex": 1, "gate": [0, 0, 0]}
numbers = {"here": 0}


def arrive(s, n, me, bakers):
    with s.mutex.held():
        here = n.here.load() + 1
        n.here.store(here % bakers)
        if here == bakers:
            for _ in range(bakers):
                s.gate[me].V()
    s.gate[me].P()
