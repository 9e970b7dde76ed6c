"""Who waits? Count how often the sender leaves the processor."""

import os
import resource

N = 200
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})   # one for both


def left():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_nvcsw + usage.ru_nivcsw


def calls():
    """Each waits for its reply."""
    (r, ask), (answer, w) = os.pipe(), os.pipe()
    if os.fork() == 0:
        os.close(ask)
        while os.read(r, 1):
            os.write(w, b"!")
        os._exit(0)
    for _ in range(N):
        os.write(ask, b"?")
        os.read(answer, 1)
    os.close(ask)


def sends():
    """Each goes on at once: the pipe keeps them for whoever comes."""
    r, w = os.pipe()
    for _ in range(N):
        os.write(w, b".")


for work in (calls, sends):
    before = left()
    work()
    print(f"{work.__name__}:", left() - before)
os.wait()
