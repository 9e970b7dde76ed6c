# differs: the place is reserved inside, and the loaf is put down outside
IN, OUT = 0, 1                  # on the slate: the place of the next put, and of the next take


def semaphores(places):
    return {"empty": places, "full": 0, "mutex": 1}


def put(loaf, s, rack, slate):
    s.empty.P()
    with s.mutex.held():
        place = slate[IN]
        slate[IN] = (place + 1) % len(rack)
    rack[place] = loaf
    s.full.V()


def take(s, rack, slate):
    s.full.P()
    with s.mutex.held():
        loaf = rack[slate[OUT]]
        slate[OUT] = (slate[OUT] + 1) % len(rack)
    s.empty.V()
    return loaf
