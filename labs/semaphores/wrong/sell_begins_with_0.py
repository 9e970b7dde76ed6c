# stuck: nobody ever gets in
semaphores = {"counter": 0}


def sell(s, cakes):
    with s.counter.held():
        left = cakes.load()
        if left:
            cakes.store(left - 1)
        return left > 0
