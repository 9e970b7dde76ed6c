# stuck: the second gate begins open, and so it is one V ahead of everybody
semaphores = {"mutex": 1, "gate": [0, 1]}
numbers = {"here": 0}


def arrive(s, n, me, bakers):
    s.gate[1].P()
    with s.mutex.held():
        n.here.store(n.here.load() + 1)
        if n.here.load() == bakers:
            s.gate[0].V()
    s.gate[0].P()
    s.gate[0].V()
    with s.mutex.held():
        n.here.store(n.here.load() - 1)
        if n.here.load() == 0:
            s.gate[0].P()
            s.gate[1].V()
