# One of the two may wait first, as long as the other tells first.
semaphores = {"ann": 0, "ben": 0}


def meet(s, me):
    if me == 0:
        s.ann.V()
        s.ben.P()
    else:
        s.ann.P()
        s.ben.V()
