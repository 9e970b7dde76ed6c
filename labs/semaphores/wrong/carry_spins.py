# busy: looks again and again
semaphores = {"here": [0, 0]}


def meet(s, me):
    s.here[me].V()
    while True:
        try:
            s.here[1 - me].P_nowait()
            return
        except Exception:
            pass
