# the last baker is known by a semaphore that counts
IN, OUT = range(2)


def semaphores(places):
    return {"empty": places, "full": 0, "mutex": 1, "counter": 1}


def at(which, s, rack, slate):
    n = slate[which]
    slate[which] = (n + 1) % len(rack)
    return n


def put(loaf, s, rack, slate):
    s.empty.P()
    s.mutex.P()
    rack[at(IN, s, rack, slate)] = loaf
    s.mutex.V()
    s.full.V()


def take(bakers, sellers, s, rack, slate):
    s.full.P()
    s.mutex.P()
    loaf = rack[at(OUT, s, rack, slate)]
    s.mutex.V()
    s.empty.V()
    return loaf or None


def close(bakers, sellers, s, rack, slate):
    with s.counter.held():
        slate[2] = slate[2] + 1
        last = slate[2] == bakers
    for _ in range(sellers if last else 0):
        put(0, s, rack, slate)
