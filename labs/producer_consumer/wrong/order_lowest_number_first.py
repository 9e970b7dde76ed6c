# differs: the number of a loaf is not its age
def semaphores(places):
    return {"empty": places, "full": 0, "mutex": 1}


def put(loaf, s, rack, slate):
    s.empty.P()
    with s.mutex.held():
        rack[list(rack).index(0)] = loaf
    s.full.V()


def take(s, rack, slate):
    s.full.P()
    with s.mutex.held():
        loaf, place = min((loaf, place) for place, loaf in enumerate(list(rack)) if loaf)
        rack[place] = 0
    s.empty.V()
    return loaf
