"""Two senders, one collector: by shared memory and semaphores."""

import os

from ipclab import Semaphore, SharedMemory

LINES = {"A": ["one", "two", "three"], "B": ["four", "five", "six"]}
SLOT, SLOTS = 16, 4


def send(lines):
    for line in [*lines, ""]:               # "": the end
        room.P()
        with mutex.held():
            start = 1 + SLOT * memory.view[0]
            memory.view[start:start + SLOT] = line.encode().ljust(SLOT)
            memory.view[0] = (memory.view[0] + 1) % SLOTS
        items.V()


def collect():
    lines, at = [], 0
    while lines.count("") < len(LINES):
        items.P()
        slot = memory.view[1 + SLOT * at:1 + SLOT * (at + 1)]
        lines.append(bytes(slot).decode().strip())
        room.V()
        at = (at + 1) % SLOTS
    return filter(None, lines)


memory = SharedMemory(1 + SLOT * SLOTS)
room, items, mutex = Semaphore(SLOTS), Semaphore(0), Semaphore(1)
for name, lines in LINES.items():
    if os.fork() == 0:
        send([f"{name} {line}" for line in lines])
        os._exit(0)
print(*sorted(collect()), sep="\n")
for _ in LINES:
    os.wait()
