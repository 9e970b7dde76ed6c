# what stands in the journal is sold
def semaphores(places):
    return {"room": 0, "bread": 0}


def sold(journal):
    return sum(1 for line in journal if line)


def put(loaf, s, rack, slate, journal):
    n = slate[0]
    while n - sold(journal) >= len(rack):
        s.room.P()
    rack[n % len(rack)] = loaf
    slate[0] = n + 1
    s.bread.V()


def sell(s, rack, slate, journal):
    n = sold(journal)
    while slate[0] <= n:
        s.bread.P()
    journal[n] = rack[n % len(rack)]
    s.room.V()


def recover(s, rack, slate, journal):
    s.room.V()
    s.bread.V()
    return sold(journal)
