# stuck: a token that Ben had taken is gone
BAKED, SOLD = 0, 1              # on the slate: how many loaves were put on the rack so far, and how many were sold


def semaphores(places):
    return {"empty": places, "full": 0}


def put(loaf, s, rack, slate, journal):
    """The baker puts the next loaf on the rack."""
    s.empty.P()
    n = slate[BAKED]
    rack[n % len(rack)] = loaf
    slate[BAKED] = n + 1
    s.full.V()


def sell(s, rack, slate, journal):
    """Take the next loaf off the rack and write it into the journal."""
    s.full.P()
    n = slate[SOLD]
    journal[n] = rack[n % len(rack)]
    slate[SOLD] = n + 1
    s.empty.V()


def recover(s, rack, slate, journal):
    """Ann's first call when Ben is gone; how many loaves have been sold."""
    return slate[SOLD]
