# what is there stands in memory, and semaphores only wake who sleeps
FREE, BREAD, BAKERS, SELLERS = range(4)     # of the last two: how many sleep


def semaphores(places):
    return {"mutex": 1, "room": 0, "bread": 0}


def put(loaf, s, rack, slate):
    while not tried(s, rack, slate, False, loaf):
        s.room.P()


def take(s, rack, slate):
    while not (loaf := tried(s, rack, slate, True, 0)):
        s.bread.P()
    return loaf


def tried(s, rack, slate, taking, new):
    """Exchange a loaf, or nothing, for `new`; 0 if there is none to be found, and then the caller sleeps."""
    with s.mutex.held():
        for place in range(len(rack)):
            old = rack[place]
            if (old != 0) == taking:
                rack[place] = new
                wake(slate, BAKERS if taking else SELLERS, s.room if taking else s.bread)
                return old or new
        asleep = SELLERS if taking else BAKERS
        slate[asleep] = slate[asleep] + 1
    return 0


def wake(slate, who, bell):
    if slate[who]:
        slate[who] = slate[who] - 1
        bell.V()
