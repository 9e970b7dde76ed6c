# Baker 0 collects all and then lets each go through a door of its own.
semaphores = {"come": 0, "go": [0, 0, 0]}
numbers = {}


def arrive(s, n, me, bakers):
    if me == 0:
        for _ in range(1, bakers):
            s.come.P()
        for other in range(1, bakers):
            s.go[other].V()
    else:
        s.come.V()
        s.go[me].P()
