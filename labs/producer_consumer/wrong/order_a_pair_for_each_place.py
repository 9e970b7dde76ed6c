# differs: whoever waits for a place may be overtaken by the next round
def semaphores(places):
    return {"empty": [1] * places, "full": [0] * places, "bakers": 1, "sellers": 1}


def put(loaf, s, rack, slate):
    with s.bakers.held():
        place = slate[0]
        slate[0] = (place + 1) % len(rack)
    s.empty[place].P()
    rack[place] = loaf
    s.full[place].V()


def take(s, rack, slate):
    with s.sellers.held():
        place = slate[1]
        slate[1] = (place + 1) % len(rack)
    s.full[place].P()
    loaf = rack[place]
    s.empty[place].V()
    return loaf
