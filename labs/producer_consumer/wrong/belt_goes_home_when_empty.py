# stuck: an empty belt is not a closed shop
from ipclab.errors import WouldBlock

CLOSED = 0                      # the number of no loaf


def semaphores():
    return {}


def put(loaf, s, belt):
    belt.send(loaf.to_bytes(8, "big"))


def take(s, belt):
    try:
        loaf = int.from_bytes(belt.receive_nowait(), "big")
    except WouldBlock:
        return None
    return loaf if loaf != CLOSED else None


def close(sellers, s, belt):
    """The baker has finished; so many sellers want to go home."""
    for _ in range(sellers):
        put(CLOSED, s, belt)
