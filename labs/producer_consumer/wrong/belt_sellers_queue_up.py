# stuck: Ben dies with the mutex of the sellers
CLOSED = 0                      # the number of no loaf


def semaphores():
    return {"sellers": 1}


def put(loaf, s, belt):
    belt.send(loaf.to_bytes(8, "big"))


def take(s, belt):
    with s.sellers.held():
        loaf = int.from_bytes(belt.receive(), "big")
    return loaf if loaf != CLOSED else None


def close(sellers, s, belt):
    """The baker has finished; so many sellers want to go home."""
    for _ in range(sellers):
        put(CLOSED, s, belt)
