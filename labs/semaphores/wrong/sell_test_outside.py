# differs: looks before it locks
semaphores = {"counter": 1}


def sell(s, cakes):
    if cakes.load() == 0:
        return False
    with s.counter.held():
        cakes.store(cakes.load() - 1)
    return True
