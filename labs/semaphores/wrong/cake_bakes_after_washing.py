# stuck: bakes only when the bowl is washed
semaphores = {"mixed": 0, "hot": 0, "washed": 0, "baked": 0}


def mix(s, work):
    work()
    s.mixed.V()


def heat(s, work):
    work()
    s.hot.V()


def wash(s, work):
    s.mixed.P()
    work()
    s.washed.V()


def bake(s, work):
    s.hot.P()
    s.washed.P()
    work()
    s.baked.V()


def ice(s, work):
    s.baked.P()
    work()
