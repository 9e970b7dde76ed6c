# stuck: goes away with the semaphore when nothing is left
semaphores = {"counter": 1}


def sell(s, cakes):
    s.counter.P()
    left = cakes.load()
    if left == 0:
        return False
    cakes.store(left - 1)
    s.counter.V()
    return True
