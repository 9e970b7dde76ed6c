"""Producer and consumer: a ring in shared memory, and two semaphores."""

import os

from ipclab import Semaphore, SharedArray

SLOTS, ITEMS = 4, 20
ring = SharedArray(SLOTS)
free = Semaphore(SLOTS)                 # how many slots are free
filled = Semaphore(0)                   # how many are filled


def produce() -> None:
    for number in range(1, ITEMS + 1):
        free.P()
        ring[number % SLOTS] = number   # only the producer writes
        filled.V()


def consume() -> list[int]:
    taken = []
    for number in range(1, ITEMS + 1):
        filled.P()
        taken.append(ring[number % SLOTS])
        free.V()
    return taken


child = os.fork()
if child == 0:
    produce()
    os._exit(0)

print(*consume())
os.waitpid(child, 0)
print("slots:", SLOTS, "- free at the end:", free.value)
