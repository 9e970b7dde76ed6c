"""A semaphore is removed while somebody waits in P."""

import os

from ipclab import PosixSemaphore, Semaphore
from ipclab.errors import Removed
from ipclab.kernel import wait_until_blocked


def wait_for(s) -> None:
    try:
        s.P()
        print("  P went through")
    except Removed as error:
        print("  P failed:", os.strerror(error.errno))


for s in (Semaphore(0), PosixSemaphore(0)):
    print(s.family, flush=True)
    child = os.fork()
    if child == 0:
        wait_for(s)
        os._exit(0)
    wait_until_blocked(child, ("semop", "semtimedop", "futex"))
    s.remove()
    if isinstance(s, PosixSemaphore):
        wait_until_blocked(child, "futex")
        print("  removed, and the child still waits", flush=True)
        s.V()
    os.waitpid(child, 0)
