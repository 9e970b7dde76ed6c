# pairs, by a turn on either side
from contextlib import ExitStack


def semaphores():
    return {"bakers": 1, "sellers": 1, "there": 0, "taken": 0}


def put(loaf, s, hatch):
    with ExitStack() as stack:
        stack.enter_context(s.bakers.held())
        hatch[0] = loaf
        meet(s.there, s.taken)


def take(s, hatch):
    with s.sellers.held():
        s.there.P()
        loaf = hatch[0]
        s.taken.V()
    return loaf


def meet(mine, yours):
    mine.V()
    yours.P()
