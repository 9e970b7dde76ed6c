# differs: the baker waits until somebody comes, but not until it is done
def semaphores():
    return {"wanted": 0, "there": 0}


def put(loaf, s, hatch):
    s.wanted.P()
    hatch[0] = loaf
    s.there.V()


def take(s, hatch):
    s.wanted.V()
    s.there.P()
    return hatch[0]
