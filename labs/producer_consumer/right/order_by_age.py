# each loaf carries its age, and the oldest is taken
BASE = 1_000_000


def semaphores(places):
    return {"empty": places, "full": 0, "mutex": 1}


def put(loaf, s, rack, slate):
    s.empty.P()
    with s.mutex.held():
        age = slate[0] + 1
        slate[0] = age
        rack[list(rack).index(0)] = age * BASE + loaf
    s.full.V()


def take(s, rack, slate):
    s.full.P()
    with s.mutex.held():
        inside = list(rack)
        oldest = min(filter(None, inside))
        rack[inside.index(oldest)] = 0
    s.empty.V()
    return oldest % BASE
