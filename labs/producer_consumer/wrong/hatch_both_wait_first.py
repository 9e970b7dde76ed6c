# stuck: each waits for the other to begin
def semaphores():
    return {"turn": 1, "there": 0, "taken": 0}


def put(loaf, s, hatch):
    """The baker hands a loaf over."""
    with s.turn.held():
        hatch[0] = loaf
        s.taken.P()
        s.there.V()


def take(s, hatch):
    """The seller takes one over; its number."""
    s.there.P()
    loaf = hatch[0]
    s.taken.V()
    return loaf
