# differs: one at a time is not yet one after the other
def semaphores():
    return {"mutex": 1}


def put(loaf, s, rack):
    with s.mutex.held():
        rack[0] = loaf


def take(s, rack):
    with s.mutex.held():
        return rack[0]
