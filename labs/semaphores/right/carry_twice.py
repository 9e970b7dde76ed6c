# One handshake too many is slower, and right.
semaphores = {"here": [0, 0], "ready": [0, 0]}


def meet(s, me):
    for meeting in (s.here, s.ready):
        meeting[me].V()
        meeting[1 - me].P()
