# differs: puts and takes share one number
IN, OUT = 0, 1                  # on the slate: the place of the next put, and of the next take


def semaphores(places):
    return {"empty": places, "full": 0, "mutex": 1}


def put(loaf, s, rack, slate):
    s.empty.P()
    with s.mutex.held():
        rack[slate[IN]] = loaf
        slate[IN] = (slate[IN] + 1) % len(rack)
    s.full.V()


def take(s, rack, slate):
    s.full.P()
    with s.mutex.held():
        loaf = rack[slate[IN]]
        slate[IN] = (slate[IN] + 1) % len(rack)
    s.empty.V()
    return loaf
