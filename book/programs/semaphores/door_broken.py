"""Test, then set: two go through a door that is for one."""

import os

from ipclab import Semaphore, SharedInteger

OPEN, SHUT = 0, 1
door = SharedInteger(OPEN)
arrived, go = Semaphore(0), Semaphore(0)


def enter() -> bool:
    is_open = door.load() == OPEN       # test
    arrived.V()
    go.P()                              # here the other one comes in
    if is_open:
        door.store(SHUT)                # then set
    return is_open


children = []
for _ in range(2):
    child = os.fork()
    if child == 0:
        os._exit(enter())
    children.append(child)
for _ in children:
    arrived.P()                         # both are there:
for _ in children:
    go.V()                              # let them go on
entered = [os.waitpid(child, 0)[1] >> 8 for child in children]
print(sum(entered), "of 2 went in")
