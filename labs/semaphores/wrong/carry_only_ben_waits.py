# differs: Ann does not wait for Ben
semaphores = {"ann": 0, "ben": 0}


def meet(s, me):
    if me == 0:
        s.ann.V()
    else:
        s.ben.V()
        s.ann.P()
