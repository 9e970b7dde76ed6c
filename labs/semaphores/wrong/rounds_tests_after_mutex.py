# stuck: looks at the number after the mutex is given back, so two may find that they are the last, or none
semaphores = {"mutex": 1, "gate": 0}
numbers = {"here": 0}


def arrive(s, n, me, bakers):
    with s.mutex.held():
        n.here.store(n.here.load() + 1)
    if n.here.load() == bakers:
        n.here.store(0)
        for _ in range(bakers):
            s.gate.V()
    s.gate.P()
