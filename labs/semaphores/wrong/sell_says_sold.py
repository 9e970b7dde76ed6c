# differs: says True whenever it was its turn
semaphores = {"counter": 1}


def sell(s, cakes):
    with s.counter.held():
        cakes.store(max(0, cakes.load() - 1))
    return True
