# raised: a loaf is announced that is not there, and no place is found
def semaphores(places):
    return {"empty": places, "full": 1}


def put(loaf, s, rack, slate):
    s.empty.P()
    rack[first(rack, taken=False)] = loaf
    s.full.V()


def take(s, rack, slate):
    s.full.P()
    place = first(rack, taken=True)
    loaf = rack[place]
    rack[place] = 0
    s.empty.V()
    return loaf


def first(rack, taken):
    """The first place that is taken, or the first that is free, which holds 0; the last place if there is none."""
    for place in range(len(rack)):
        if (rack[place] != 0) == taken:
            return place
