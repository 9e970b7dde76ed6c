# P, and V on every way out.
semaphores = {"till": 1}


def sell(s, cakes):
    s.till.P()
    try:
        left = cakes.load()
        if left == 0:
            return False
        cakes.store(left - 1)
        return True
    finally:
        s.till.V()
