# raised: there is no such semaphore
semaphores = {"counter": 1}


def sell(s, cakes):
    with s.conter.held():
        left = cakes.load()
        if left:
            cakes.store(left - 1)
        return left > 0
