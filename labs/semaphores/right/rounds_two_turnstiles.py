# Downey's reusable barrier: the first turnstile is shut when all are through, the second is opened, and so on.
semaphores = {"mutex": 1, "first": 0, "second": 1}
numbers = {"here": 0}


def arrive(s, n, me, bakers):
    with s.mutex.held():
        n.here.store(n.here.load() + 1)
        if n.here.load() == bakers:
            s.second.P()
            s.first.V()
    s.first.P()
    s.first.V()
    with s.mutex.held():
        n.here.store(n.here.load() - 1)
        if n.here.load() == 0:
            s.first.P()
            s.second.V()
    s.second.P()
    s.second.V()
