# stuck: the oven is lit only when the dough is mixed
semaphores = {"mixed": 0, "hot": 0, "baked": 0}


def mix(s, work):
    work()
    for _ in range(3):
        s.mixed.V()


def heat(s, work):
    s.mixed.P()
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
