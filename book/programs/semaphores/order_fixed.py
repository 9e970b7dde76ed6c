"""The wait for room first, then the mutex: who waits holds nothing."""

import os

from ipclab import Semaphore
from ipclab.kernel import wait_until_blocked

mutex, empty, full = Semaphore(1), Semaphore(0), Semaphore(2)  # it is full


def put() -> None:
    empty.P()
    mutex.P()
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
    if action == put:
        wait_until_blocked(child, ("semop", "semtimedop"))
for child in pids:
    os.waitpid(child, 0)
print("mutex:", mutex.value, "and", mutex.waiting, "waits")
print("empty:", empty.value, "and", empty.waiting, "waits")
