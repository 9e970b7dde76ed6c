# stuck: Ben dies after he has taken the mark and before he has passed it on
CLOSED = 0                      # the number of no loaf


def semaphores():
    return {}


def put(loaf, s, belt):
    belt.send(loaf.to_bytes(8, "big"))


def take(s, belt):
    loaf = int.from_bytes(belt.receive(), "big")
    if loaf == CLOSED:
        put(CLOSED, s, belt)
        return None
    return loaf


def close(sellers, s, belt):
    """The baker has finished; so many sellers want to go home."""
    put(CLOSED, s, belt)
