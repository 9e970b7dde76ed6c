# differs: gives the semaphore back before it has written
semaphores = {"counter": 1}


def sell(s, cakes):
    s.counter.P()
    left = cakes.load()
    s.counter.V()
    if left == 0:
        return False
    cakes.store(left - 1)
    return True
