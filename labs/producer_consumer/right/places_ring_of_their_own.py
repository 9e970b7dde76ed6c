# each of the two counts for himself, which is enough for two
import itertools


def semaphores(places):
    return {"empty": places, "full": 0}


puts, takes = itertools.count(), itertools.count()


def put(loaf, s, rack, slate):
    s.empty.P()
    rack[next(puts) % len(rack)] = loaf
    s.full.V()


def take(s, rack, slate):
    s.full.P()
    loaf = rack[next(takes) % len(rack)]
    s.empty.V()
    return loaf
