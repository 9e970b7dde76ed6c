# differs: short messages let more loaves on than there are places
def semaphores():
    return {}


def put(loaf, s, belt):
    belt.send(str(loaf))


def take(s, belt):
    return int(belt.receive()) or None


def close(sellers, s, belt):
    for _ in range(sellers):
        belt.send("0")
