# the baker waits for a seller, then hands over, then waits for thanks
def semaphores():
    return {"bakers": 1, "wanted": 0, "there": 0, "taken": 0}


def put(loaf, s, hatch):
    s.bakers.P()
    s.wanted.P()
    hatch[0] = loaf
    s.there.V()
    s.taken.P()
    s.bakers.V()


def take(s, hatch):
    s.wanted.V()
    s.there.P()
    loaf = hatch[0]
    s.taken.V()
    return loaf
