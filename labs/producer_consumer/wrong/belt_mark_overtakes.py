# differs: the mark has the lower type and comes out first
CLOSED = 0                      # the number of no loaf


def semaphores():
    return {}


def put(loaf, s, belt):
    belt.send(loaf.to_bytes(8, "big"), 2 if loaf else 1)


def take(s, belt):
    loaf = int.from_bytes(belt.receive(-2), "big")
    return loaf if loaf != CLOSED else None


def close(sellers, s, belt):
    """The baker has finished; so many sellers want to go home."""
    for _ in range(sellers):
        put(CLOSED, s, belt)
