# differs: the last loaf in is the first out
def semaphores(places):
    return {"empty": places, "full": 0, "mutex": 1}


def put(loaf, s, rack, slate):
    s.empty.P()
    s.mutex.P()
    height = slate[0]
    rack[height] = loaf
    slate[0] = height + 1
    s.mutex.V()
    s.full.V()


def take(s, rack, slate):
    s.full.P()
    s.mutex.P()
    height = slate[0] - 1
    loaf = rack[height]
    slate[0] = height
    s.mutex.V()
    s.empty.V()
    return loaf
