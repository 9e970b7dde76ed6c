# Whoever sees that the dough is mixed says so to the next, before working.
semaphores = {"mixed": 0, "hot": 0, "baked": 0}


def mix(s, work):
    work()
    s.mixed.V()


def heat(s, work):
    work()
    s.hot.V()


def pass_on(semaphore):
    semaphore.P()
    semaphore.V()


def wash(s, work):
    pass_on(s.mixed)
    work()


def bake(s, work):
    pass_on(s.hot)
    pass_on(s.mixed)
    work()
    s.baked.V()


def ice(s, work):
    pass_on(s.baked)
    work()
