"""The mutex first, and then the wait for room: nobody can make room."""

import os
import signal

from ipclab import Semaphore
from ipclab.kernel import wait_until_blocked

mutex, empty, full = Semaphore(1), Semaphore(0), Semaphore(2)  # it is full


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


pids = {}
for action in (put, get):
    child = os.fork()
    if child == 0:
        action()
        os._exit(0)
    pids[child] = action.__name__
    wait_until_blocked(child, ("semop", "semtimedop"))
print("mutex:", mutex.value, "and", mutex.waiting, "waits")
print("empty:", empty.value, "and", empty.waiting, "waits")
for child in pids:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
