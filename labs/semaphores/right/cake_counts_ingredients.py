# bake waits for two V's on one semaphore of its own, from whomever they come.
semaphores = {"washable": 0, "for_baking": 0, "baked": 0}


def mix(s, work):
    work()
    s.for_baking.V()
    s.washable.V()


def heat(s, work):
    work()
    s.for_baking.V()


def wash(s, work):
    s.washable.P()
    work()


def bake(s, work):
    for _ in ("dough", "oven"):
        s.for_baking.P()
    work()
    s.baked.V()


def ice(s, work):
    s.baked.P()
    work()
