# differs: two V's of any kind let bake begin, and wash takes the oven's
semaphores = {"ready": 0, "baked": 0}


def mix(s, work):
    work()
    s.ready.V()
    s.ready.V()


def heat(s, work):
    work()
    s.ready.V()


def wash(s, work):
    s.ready.P()
    work()


def bake(s, work):
    s.ready.P()
    s.ready.P()
    work()
    s.baked.V()


def ice(s, work):
    s.baked.P()
    work()
