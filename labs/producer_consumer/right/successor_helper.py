# one helper for both kinds of waiting
def semaphores(places):
    return dict.fromkeys(["something_baked", "something_sold"], 0)


def until(holds, bell):
    while not holds():
        bell.P()


def put(loaf, s, rack, slate, journal):
    baked = slate[3]
    until(lambda: baked < slate[2] + len(rack), s.something_sold)
    rack[baked % len(rack)] = loaf
    slate[3] = baked + 1
    s.something_baked.V()


def sell(s, rack, slate, journal):
    sold = slate[2]
    until(lambda: sold < slate[3], s.something_baked)
    loaf = rack[sold % len(rack)]
    journal[sold] = loaf
    slate[2] = sold + 1
    s.something_sold.V()
    return loaf


def recover(s, rack, slate, journal):
    for bell in (s.something_sold, s.something_baked):
        bell.V()
    return slate[2]
