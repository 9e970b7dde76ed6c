# missing: one of the five is not there
semaphores = {"mixed": 0, "hot": 0, "baked": 0}


def mix(s, work):
    work()
    s.mixed.V()


def heat(s, work):
    work()
    s.hot.V()


def bake(s, work):
    s.mixed.P()
    s.hot.P()
    work()
    s.baked.V()


def ice(s, work):
    s.baked.P()
    work()
