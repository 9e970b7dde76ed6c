# differs: the first value says that a dough is there already
semaphores = {"mixed": 1, "hot": 0, "baked": 0}


def mix(s, work):
    work()
    s.mixed.V()


def heat(s, work):
    work()
    s.hot.V()


def wash(s, work):
    s.mixed.P()
    work()


def bake(s, work):
    s.mixed.P()
    s.hot.P()
    work()
    s.baked.V()


def ice(s, work):
    s.baked.P()
    work()
