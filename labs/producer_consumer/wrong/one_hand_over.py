# stuck: the baker cannot put down a loaf before a seller has come
def semaphores():
    return {"wanted": 0, "there": 0}


def put(loaf, s, rack):
    s.wanted.P()
    rack[0] = loaf
    s.there.V()


def take(s, rack):
    s.wanted.V()
    s.there.P()
    return rack[0]
