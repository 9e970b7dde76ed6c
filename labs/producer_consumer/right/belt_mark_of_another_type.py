# loaves have the lower type, so a mark overtakes none
LOAF, CLOSED = 1, 2


def semaphores():
    return {}


def put(loaf, s, belt):
    belt.send(loaf.to_bytes(8, "little"), LOAF)


def take(s, belt):
    message, kind = belt.receive_message(-CLOSED)
    return int.from_bytes(message, "little") if kind == LOAF else None


def close(sellers, s, belt):
    for _ in range(sellers):
        belt.send(bytes(8), CLOSED)
