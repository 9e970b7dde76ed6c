# each end has its own lock, in which one may wait: the other end is free
def semaphores(places):
    return {"empty": places, "full": 0, "bakers": 1, "sellers": 1}


def put(loaf, s, rack, slate):
    with s.bakers.held():
        s.empty.P()
        rack[slate[0] % len(rack)] = loaf
        slate[0] = slate[0] + 1
        s.full.V()


def take(s, rack, slate):
    with s.sellers.held():
        s.full.P()
        loaf = rack[slate[1] % len(rack)]
        slate[1] = slate[1] + 1
        s.empty.V()
    return loaf
