# differs: the count is not set back, so the second round lets everybody through
semaphores = {"mutex": 1, "gate": 0}
numbers = {"here": 0}


def arrive(s, n, me, bakers):
    with s.mutex.held():
        n.here.store(n.here.load() + 1)
        if n.here.load() >= bakers:
            for _ in range(bakers):
                s.gate.V()
    s.gate.P()
