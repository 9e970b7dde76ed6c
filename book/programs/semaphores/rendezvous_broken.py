"""Each waits for the other before it says that it is there itself."""

import os
import signal

from ipclab import Semaphore
from ipclab.kernel import wait_until_blocked

ann_is_here, bob_is_here = Semaphore(0), Semaphore(0)


def meet(mine: Semaphore, other: Semaphore) -> None:
    other.P()
    mine.V()


pids = {}
for name, mine, other in (("ann", ann_is_here, bob_is_here),
                          ("bob", bob_is_here, ann_is_here)):
    child = os.fork()
    if child == 0:
        meet(mine, other)
        os._exit(0)
    pids[child] = name
for child in pids:
    wait_until_blocked(child, ("semop", "semtimedop"))
print("ann is here:", ann_is_here.value, " bob is here:", bob_is_here.value)
for child in pids:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
