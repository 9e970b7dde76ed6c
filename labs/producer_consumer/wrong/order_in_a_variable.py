# differs: a global variable is in each process another one
place_in = place_out = 0


def semaphores(places):
    return {"empty": places, "full": 0, "mutex": 1}


def put(loaf, s, rack, slate):
    global place_in
    s.empty.P()
    with s.mutex.held():
        rack[place_in] = loaf
        place_in = (place_in + 1) % len(rack)
    s.full.V()


def take(s, rack, slate):
    global place_out
    s.full.P()
    with s.mutex.held():
        loaf = rack[place_out]
        place_out = (place_out + 1) % len(rack)
    s.empty.V()
    return loaf
