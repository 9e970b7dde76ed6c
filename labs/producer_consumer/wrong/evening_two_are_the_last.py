# stuck: both bakers may see that all have finished, and there are too many marks for the rack
IN, OUT, FINISHED = 0, 1, 2     # on the slate: the place of the next put, of the next take; bakers who have finished
CLOSED = -1                     # the number of no loaf


def semaphores(places):
    return {"empty": places, "full": 0, "mutex": 1}


def put(loaf, s, rack, slate):
    s.empty.P()
    with s.mutex.held():
        rack[slate[IN]] = loaf
        slate[IN] = (slate[IN] + 1) % len(rack)
    s.full.V()


def take(bakers, sellers, s, rack, slate):
    s.full.P()
    with s.mutex.held():
        loaf = rack[slate[OUT]]
        slate[OUT] = (slate[OUT] + 1) % len(rack)
    s.empty.V()
    return loaf if loaf != CLOSED else None


def close(bakers, sellers, s, rack, slate):
    """One of so many bakers has finished; so many sellers want to go home."""
    with s.mutex.held():
        slate[FINISHED] = slate[FINISHED] + 1
    if slate[FINISHED] == bakers:
        for _ in range(sellers):
            put(CLOSED, s, rack, slate)
