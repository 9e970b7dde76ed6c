# stuck: opens for two bakers, and three may come
semaphores = {"mutex": 1, "gate": [0, 0]}
numbers = {"here": 0}


def arrive(s, n, me, bakers):
    for gate in s.gate:
        with s.mutex.held():
            here = n.here.load() + 1
            n.here.store(here % bakers)
            if here == bakers:
                gate.V()
                gate.V()
        gate.P()
