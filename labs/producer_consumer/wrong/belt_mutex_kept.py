# stuck: the seller waits for a message with the mutex in his hand
def semaphores():
    return {"mutex": 1}


def put(loaf, s, belt):
    with s.mutex.held():
        belt.send(loaf.to_bytes(8, "big"))


def take(s, belt):
    with s.mutex.held():
        loaf = int.from_bytes(belt.receive(), "big")
    return loaf or None


def close(sellers, s, belt):
    for _ in range(sellers):
        put(0, s, belt)
