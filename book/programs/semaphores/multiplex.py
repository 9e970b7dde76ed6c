"""A room for two, and five who want to go in."""

import os
import signal

from ipclab import Semaphore
from ipclab.kernel import state

PAUSE = "pause", "ppoll"                # Arm has only the second
room = Semaphore(2, undo=True)
children = []
for _ in range(5):
    child = os.fork()
    if child == 0:
        with room.held():
            signal.pause()              # in the room
        os._exit(0)
    children.append(child)


def inside() -> list[int]:
    while True:
        found = [pid for pid in children if state(pid).call in PAUSE]
        if len(found) + room.waiting == len(children):
            return found


while children:
    now = inside()
    print(len(now), "in the room,", room.waiting, "wait")
    leaves = now[0]
    os.kill(leaves, signal.SIGKILL)     # the kernel does its V
    os.waitpid(leaves, 0)
    children.remove(leaves)
