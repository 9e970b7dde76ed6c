# the first place is taken, and all others move up
def semaphores(places):
    return {"empty": places, "full": 0, "mutex": 1}


def put(loaf, s, rack, slate):
    s.empty.P()
    s.mutex.P()
    rack[slate[0]] = loaf
    slate[0] = slate[0] + 1
    s.mutex.V()
    s.full.V()


def take(s, rack, slate):
    s.full.P()
    s.mutex.P()
    loaves = [rack[place] for place in range(slate[0])]
    for place, loaf in enumerate(loaves[1:]):
        rack[place] = loaf
    slate[0] = len(loaves) - 1
    s.mutex.V()
    s.empty.V()
    return loaves[0]
