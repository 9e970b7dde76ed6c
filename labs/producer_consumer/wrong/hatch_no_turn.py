# differs: two bakers put into the hatch at once
def semaphores():
    return {"turn": 1, "there": 0, "taken": 0}


def put(loaf, s, hatch):
    """The baker hands a loaf over."""
    hatch[0] = loaf
    s.there.V()
    s.taken.P()


def take(s, hatch):
    """The seller takes one over; its number."""
    s.there.P()
    loaf = hatch[0]
    s.taken.V()
    return loaf
