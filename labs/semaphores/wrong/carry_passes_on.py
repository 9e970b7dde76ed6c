# differs: whoever has passed leaves the gate open behind
semaphores = {"here": [0, 0]}


def meet(s, me):
    s.here[me].V()
    s.here[1 - me].P()
    s.here[1 - me].V()
