# stuck: it counts the places once more, and Ben dies with one
CLOSED = 0                      # the number of no loaf


def semaphores():
    return {"empty": 1}


def put(loaf, s, belt):
    s.empty.P()
    belt.send(loaf.to_bytes(8, "big"))


def take(s, belt):
    loaf = int.from_bytes(belt.receive(), "big")
    s.empty.V()
    return loaf if loaf != CLOSED else None


def close(sellers, s, belt):
    """The baker has finished; so many sellers want to go home."""
    for _ in range(sellers):
        put(CLOSED, s, belt)
