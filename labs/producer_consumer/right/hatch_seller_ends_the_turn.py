# the seller lets the next baker in, after his thanks
def semaphores():
    return {"free": 1, "there": 0, "taken": 0, "gone": 0}


def put(loaf, s, hatch):
    s.free.P()
    hatch[0] = loaf
    s.there.V()
    s.taken.P()
    s.gone.V()


def take(s, hatch):
    s.there.P()
    loaf = hatch[0]
    s.taken.V()
    s.gone.P()
    s.free.V()
    return loaf
