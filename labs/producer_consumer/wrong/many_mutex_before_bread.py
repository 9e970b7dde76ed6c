# stuck: the seller sleeps with the mutex in his hand
def semaphores(places):
    return {"empty": places, "full": 0, "mutex": 1}


def put(loaf, s, rack, slate):
    s.empty.P()
    with s.mutex.held():
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
    """The first place that is taken, or the first that is free, which holds 0; the last place if there is none."""
    place = 0
    while place < len(rack) - 1 and (rack[place] != 0) != taken:
        place += 1
    return place
