# differs: the next baker comes in between and gets the thanks
def semaphores():
    return {"free": 1, "there": 0, "taken": 0}


def put(loaf, s, hatch):
    s.free.P()
    hatch[0] = loaf
    s.there.V()
    s.taken.P()


def take(s, hatch):
    s.there.P()
    loaf = hatch[0]
    s.free.V()
    s.taken.V()
    return loaf
