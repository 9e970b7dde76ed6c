"""Test and set in one step: one goes in, the other finds it shut."""

import os

from ipclab import Semaphore
from ipclab.errors import WouldBlock

door = Semaphore(1)
arrived, go = Semaphore(0), Semaphore(0)


def enter() -> bool:
    arrived.V()
    go.P()                              # here the other one comes in
    try:
        door.P_nowait()                 # test and set
    except WouldBlock:
        return False
    return True


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
