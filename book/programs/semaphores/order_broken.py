"""The mutex first, and then the wait for room. The buffer is full."""

import os
import signal

from ipclab import Semaphore
from ipclab.kernel import state

mutex, empty, full = Semaphore(1), Semaphore(0), Semaphore(2)
P = "semop", "semtimedop"               # the system calls for P


def put() -> None:
    mutex.P()
    empty.P()
    mutex.V()
    full.V()


def get() -> None:
    full.P()
    mutex.P()
    mutex.V()
    empty.V()


pids = []
for action in (put, get):
    child = os.fork()
    if child == 0:
        action()
        os._exit(0)
    pids.insert(0, child)
    for pid in pids:                    # until it sleeps in P or has ended
        while state(pid).call not in P and state(pid).letter != "Z":
            os.sched_yield()
print("mutex:", mutex.value, "and", mutex.waiting, "waits")
print("empty:", empty.value, "and", empty.waiting, "waits")
for pid in pids:
    os.kill(pid, signal.SIGKILL)
