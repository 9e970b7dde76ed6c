# differs: the seller is called before the loaf lies there
def semaphores():
    return {"empty": 1, "full": 0}


def put(loaf, s, rack):
    """The baker puts a loaf on the rack."""
    s.empty.P()
    s.full.V()
    rack[0] = loaf


def take(s, rack):
    """The seller takes one off; its number."""
    s.full.P()
    loaf = rack[0]
    s.empty.V()
    return loaf
