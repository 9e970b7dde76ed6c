# stuck: whoever waits for room keeps the other out
def semaphores(places):
    return {"empty": places, "full": 0, "mutex": 1}


def put(loaf, s, rack, slate):
    with s.mutex.held():
        s.empty.P()
        rack[first(rack, taken=False)] = loaf
    s.full.V()


def take(s, rack, slate):
    with s.mutex.held():
        s.full.P()
        place = first(rack, taken=True)
        loaf = rack[place]
        rack[place] = 0
    s.empty.V()
    return loaf


def first(rack, taken):
    return [place for place in range(len(rack)) if (rack[place] != 0) == taken][0]
