# waiting before and telling after, as one thing
from contextlib import contextmanager


def semaphores():
    return {"free": 1, "taken": 0}


@contextmanager
def between(before, after):
    before.P()
    yield
    after.V()


def put(loaf, s, rack):
    with between(s.free, s.taken):
        rack[0] = loaf


def take(s, rack):
    with between(s.taken, s.free):
        return rack[0]
