# stuck: bake hands the V on to wash, but only when it is done
semaphores = {"mixed": 0, "hot": 0, "baked": 0}


def mix(s, work):
    work()
    s.mixed.V()


def heat(s, work):
    work()
    s.hot.V()


def wash(s, work):
    s.mixed.P()
    work()
    s.mixed.V()


def bake(s, work):
    s.mixed.P()
    s.hot.P()
    work()
    s.mixed.V()
    s.baked.V()


def ice(s, work):
    s.baked.P()
    work()
