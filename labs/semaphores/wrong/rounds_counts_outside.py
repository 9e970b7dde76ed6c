# stuck: counts without the mutex, so two may be counted as one
semaphores = {"gate": [0, 0]}
numbers = {"here": [0, 0]}


def arrive(s, n, me, bakers):
    for gate, here in zip(s.gate, n.here):
        now = here.load() + 1
        here.store(now % bakers)
        if now == bakers:
            for _ in range(bakers):
                gate.V()
        gate.P()
