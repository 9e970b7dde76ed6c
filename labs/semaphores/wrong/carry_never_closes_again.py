# differs: good for one meeting; on the way back nobody waits
semaphores = {"here": [0, 0]}


def meet(s, me):
    s.here[me].V()
    s.here[me].V()
    s.here[1 - me].P()
