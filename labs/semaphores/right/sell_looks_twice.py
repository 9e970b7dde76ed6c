# A first look without the semaphore saves the wait when nothing is left; it is not trusted for more.
semaphores = {"counter": 1}


def sell(s, cakes):
    if cakes.load() == 0:
        return False                    # there never come new ones
    with s.counter.held():
        if cakes.load() == 0:
            return False
        cakes.store(cakes.load() - 1)
        return True
