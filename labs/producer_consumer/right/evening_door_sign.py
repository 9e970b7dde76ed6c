# a sign on the slate, and a V that wakes one after the other
IN, OUT, FINISHED = range(3)


def semaphores(places):
    return {"empty": places, "full": 0, "mutex": 1}


def put(loaf, s, rack, slate):
    s.empty.P()
    with s.mutex.held():
        n = slate[IN]
        rack[n % len(rack)] = loaf
        slate[IN] = n + 1
    s.full.V()


def take(bakers, sellers, s, rack, slate):
    s.full.P()
    with s.mutex.held():
        n = slate[OUT]
        if n < slate[IN]:
            loaf = rack[n % len(rack)]
            slate[OUT] = n + 1
        else:                               # woken, and nothing there: the last baker has closed
            loaf = None
    (s.empty if loaf else s.full).V()
    return loaf


def close(bakers, sellers, s, rack, slate):
    with s.mutex.held():
        finished = slate[FINISHED] + 1
        slate[FINISHED] = finished
    if finished == bakers:
        s.full.V()
