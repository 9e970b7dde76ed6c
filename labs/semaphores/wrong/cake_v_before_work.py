# differs: tells that it is hot before it is
semaphores = {"for_wash": 0, "for_bake": 0, "hot": 0, "baked": 0}


def mix(s, work):
    work()
    s.for_wash.V()
    s.for_bake.V()


def heat(s, work):
    s.hot.V()
    work()


def wash(s, work):
    s.for_wash.P()
    work()


def bake(s, work):
    s.for_bake.P()
    s.hot.P()
    work()
    s.baked.V()


def ice(s, work):
    s.baked.P()
    work()
