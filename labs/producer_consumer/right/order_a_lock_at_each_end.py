# bakers at one end, sellers at the other
IN, OUT = 0, 1                  # on the slate: the place of the next put, and of the next take


def semaphores(places):
    return {"empty": places, "full": 0, "front": 1, "back": 1}


def put(loaf, s, rack, slate):
    s.empty.P()
    with s.back.held():
        rack[slate[IN]] = loaf
        slate[IN] = (slate[IN] + 1) % len(rack)
    s.full.V()


def take(s, rack, slate):
    s.full.P()
    with s.front.held():
        loaf = rack[slate[OUT]]
        slate[OUT] = (slate[OUT] + 1) % len(rack)
    s.empty.V()
    return loaf
