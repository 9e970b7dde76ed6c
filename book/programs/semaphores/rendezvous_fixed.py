"""Each says first that it is there, and then waits for the other."""

import os

from ipclab import Semaphore

ann_is_here, bob_is_here = Semaphore(0), Semaphore(0)


def meet(mine: Semaphore, other: Semaphore) -> None:
    mine.V()
    other.P()


pids = {}
for name, mine, other in (("ann", ann_is_here, bob_is_here),
                          ("bob", bob_is_here, ann_is_here)):
    child = os.fork()
    if child == 0:
        meet(mine, other)
        os._exit(0)
    pids[child] = name
for child in pids:
    os.waitpid(child, 0)
print("have met:", *pids.values())
