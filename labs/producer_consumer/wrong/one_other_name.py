# missing: the function that the seller calls is not there
def semaphores():
    return {"empty": 1, "full": 0}


def put(loaf, s, rack):
    """The baker puts a loaf on the rack."""
    s.empty.P()
    rack[0] = loaf
    s.full.V()


def get(s, rack):
    """The seller takes one off; its number."""
    s.full.P()
    loaf = rack[0]
    s.empty.V()
    return loaf
