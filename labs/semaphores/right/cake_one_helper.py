# One function for all of them.
semaphores = {"mixed": 0, "hot": 0, "baked": 0}


def step(work, *, after=(), tells=()):
    for semaphore in after:
        semaphore.P()
    work()
    for semaphore in tells:
        semaphore.V()


mix = lambda s, work: step(work, tells=[s.mixed] * 2)
heat = lambda s, work: step(work, tells=[s.hot])
wash = lambda s, work: step(work, after=[s.mixed])
bake = lambda s, work: step(work, after=[s.mixed, s.hot], tells=[s.baked])
ice = lambda s, work: step(work, after=[s.baked])
