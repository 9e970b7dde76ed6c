# stuck: room is looked at, but bread is counted by a semaphore
BAKED, SOLD = 0, 1              # on the slate: how many loaves were put on the rack so far, and how many were sold


def semaphores(places):
    return {"room": 0, "bread": 0}                      # two bells: whoever hears one looks again


def put(loaf, s, rack, slate, journal):
    """The baker puts the next loaf on the rack."""
    n = slate[BAKED]
    while n - slate[SOLD] == len(rack):
        s.room.P()
    rack[n % len(rack)] = loaf
    slate[BAKED] = n + 1
    s.bread.V()


def sell(s, rack, slate, journal):
    """Take the next loaf off the rack and write it into the journal."""
    n = slate[SOLD]
    s.bread.P()
    journal[n] = rack[n % len(rack)]
    slate[SOLD] = n + 1                                 # from this store on, it is sold
    s.room.V()


def recover(s, rack, slate, journal):
    """Ann's first call when Ben is gone; how many loaves have been sold."""
    s.room.V()                                          # he may not have rung the bell
    return slate[SOLD]
