# Each gives a V to the other's semaphore and takes from its own.
semaphores = {"for_ann": 0, "for_ben": 0}


def meet(s, me):
    mine, theirs = (s.for_ann, s.for_ben)[:: 1 if me == 0 else -1]
    theirs.V()
    mine.P()
