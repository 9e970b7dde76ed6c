# differs: bakes in a cold oven
semaphores = {"mixed": 0, "baked": 0}


def mix(s, work):
    work()
    s.mixed.V()
    s.mixed.V()


def heat(s, work):
    work()


def wash(s, work):
    s.mixed.P()
    work()


def bake(s, work):
    s.mixed.P()
    work()
    s.baked.V()


def ice(s, work):
    s.baked.P()
    work()
