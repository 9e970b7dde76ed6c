# differs: a global variable is not shared
semaphores = {}
busy = False


def sell(s, cakes):
    global busy
    while busy:
        pass
    busy = True
    left = cakes.load()
    if left:
        cakes.store(left - 1)
    busy = False
    return left > 0
