# wait, lock, unlock, tell: one thing
from contextlib import contextmanager


def semaphores(places):
    return {"free": places, "bread": 0, "rack": 1}


@contextmanager
def at_the_rack(s, before, after):
    before.P()
    s.rack.P()
    try:
        yield
    finally:
        s.rack.V()
        after.V()


def put(loaf, s, rack, slate):
    with at_the_rack(s, s.free, s.bread):
        height = slate[0]
        rack[height] = loaf
        slate[0] = height + 1


def take(s, rack, slate):
    with at_the_rack(s, s.bread, s.free):
        height = slate[0] - 1
        slate[0] = height
        return rack[height]
