# differs: the semaphore counts two places where there is one
def semaphores():
    return {"empty": 2, "full": 0}


def put(loaf, s, rack):
    """The baker puts a loaf on the rack."""
    s.empty.P()
    rack[0] = loaf
    s.full.V()


def take(s, rack):
    """The seller takes one off; its number."""
    s.full.P()
    loaf = rack[0]
    s.empty.V()
    return loaf
