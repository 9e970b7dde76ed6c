"""A head that moves from 7 to 8 and back: may a reader ever see 0?"""

import contextlib
import mmap
import os
import signal
from struct import error, pack_into

OLD, NEW, CHANGES = 7, 8, 1000
memory = mmap.mmap(-1, mmap.PAGESIZE)
cells = memoryview(memory).cast("Q")
here, *others = sorted(os.sched_getaffinity(0))


def left_by(store) -> int:
    cells[0] = OLD
    with contextlib.suppress(error, ValueError):
        store(-1)                               # does not fit
    return cells[0]


def seen(store) -> set[int]:
    """What another processor sees, until it is odd or we have enough."""
    cells[0], changes, found, last = OLD, 0, {OLD, NEW}, OLD
    if (writer := os.fork()) == 0:
        os.sched_setaffinity(0, others[:1])
        while True:
            store(NEW), store(OLD)
    os.sched_setaffinity(0, [here])
    while changes < CHANGES and len(found) == 2:
        found.add(now := cells[0])
        changes, last = changes + (now != last), now
    os.kill(writer, signal.SIGKILL), os.waitpid(writer, 0)
    return found


for name, store in (("cast('Q')", lambda n: cells.__setitem__(0, n)),
                    ("pack_into", lambda n: pack_into("Q", memory, 0, n))):
    print(f"{name}: a refused store leaves {left_by(store)}; seen:",
          sorted(seen(store)) if others else "nobody else looks")
