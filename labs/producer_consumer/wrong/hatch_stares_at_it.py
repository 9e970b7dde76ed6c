# busy: the baker looks again and again whether it is gone
def semaphores():
    return {"turn": 1, "there": 0}


def put(loaf, s, hatch):
    with s.turn.held():
        hatch[0] = loaf
        s.there.V()
        while hatch[0] == loaf:
            pass


def take(s, hatch):
    s.there.P()
    loaf = hatch[0]
    hatch[0] = 0
    return loaf
