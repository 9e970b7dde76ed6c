# differs: the first values say that both are there already
semaphores = {"here": [1, 1]}


def meet(s, me):
    s.here[me].V()
    s.here[1 - me].P()
