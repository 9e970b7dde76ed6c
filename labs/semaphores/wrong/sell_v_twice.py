# differs: with the second V, two may be inside; seen with three clerks
semaphores = {"counter": 1}


def sell(s, cakes):
    s.counter.P()
    try:
        left = cakes.load()
        if left == 0:
            return False
        cakes.store(left - 1)
        s.counter.V()
        return True
    finally:
        s.counter.V()
