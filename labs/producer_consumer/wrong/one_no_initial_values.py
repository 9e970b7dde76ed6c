# no plan: a list of names says nothing of values
def semaphores():
    return ["empty", "full"]


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
