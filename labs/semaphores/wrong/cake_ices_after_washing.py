# stuck: all is well, but the icing waits for the bowl as well
semaphores = {"mixed": 0, "hot": 0, "baked": 0}


def mix(s, work):
    work()
    s.mixed.V()
    s.mixed.V()


def heat(s, work):
    work()
    s.hot.V()


def wash(s, work):
    s.mixed.P()
    work()
    s.baked.V()


def bake(s, work):
    s.mixed.P()
    s.hot.P()
    work()
    s.baked.V()


def ice(s, work):
    s.baked.P()
    s.baked.P()
    work()
