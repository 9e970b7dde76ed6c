# a mutex that is not needed, taken last
def semaphores():
    return {"empty": 1, "full": 0, "mutex": 1}


def put(loaf, s, rack):
    """The baker puts a loaf on the rack."""
    s.empty.P()
    with s.mutex.held():
        rack[0] = loaf
    s.full.V()


def take(s, rack):
    """The seller takes one off; its number."""
    s.full.P()
    with s.mutex.held():
        loaf = rack[0]
    s.empty.V()
    return loaf
