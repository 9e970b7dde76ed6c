# A V of its own on each of the two ways out.
semaphores = {"m": 1}


def sell(s, cakes):
    s.m.P()
    left = cakes.value
    if left <= 0:
        s.m.V()
        return False
    cakes.value -= 1
    s.m.V()
    return True
