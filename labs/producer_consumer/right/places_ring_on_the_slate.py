# a ring with two numbers
def semaphores(places):
    return {"empty": places, "full": 0}


def put(loaf, s, rack, slate):
    s.empty.P()
    rack[slate[0]] = loaf
    slate[0] = (slate[0] + 1) % len(rack)
    s.full.V()


def take(s, rack, slate):
    s.full.P()
    loaf = rack[slate[1]]
    slate[1] = (slate[1] + 1) % len(rack)
    s.empty.V()
    return loaf
