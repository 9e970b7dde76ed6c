# no plan: no semaphore begins below 0
semaphores = {"counter": -1}


def sell(s, cakes):
    with s.counter.held():
        left = cakes.load()
        if left:
            cakes.store(left - 1)
        return left > 0
