"""Which stores of eight bytes does another processor see half done?"""

import mmap
import os
import signal
import struct
import sys

CHANGES = 5_000                # so often must the value change while we look
processors = sorted(os.sched_getaffinity(0))
if len(processors) < 2:
    print("On one processor nobody looks while somebody stores.")
    sys.exit()
view = memoryview(mmap.mmap(-1, mmap.PAGESIZE))
inside, across = view[64:72].cast("Q"), view[60:68].cast("Q")
own, big = struct.Struct("Q"), struct.Struct(">Q")
WAYS = {                        # how to load, how to store
    "cast('Q')": (lambda: inside[0], lambda n: inside.__setitem__(0, n)),
    "struct 'Q'": (lambda: own.unpack_from(view, 64)[0],
                   lambda n: own.pack_into(view, 64, n)),
    "struct '>Q'": (lambda: big.unpack_from(view, 64)[0],
                    lambda n: big.pack_into(view, 64, n)),
    "cast('Q') over a line": (lambda: across[0],
                              lambda n: across.__setitem__(0, n)),
}
os.sched_setaffinity(0, processors[:1])
for name, (load, store) in WAYS.items():
    if (writer := os.fork()) == 0:
        signal.alarm(20)
        os.sched_setaffinity(0, processors[1:2])
        while True:
            store(0), store(2**64 - 1)
    changes, before = 0, load()
    while changes < CHANGES and before in (0, 2**64 - 1):
        now = load()
        changes, before = changes + (now != before), now
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)
    print(f"{name:23}{'whole' if before in (0, 2**64 - 1) else 'torn'}")
    view[:128] = bytes(128)
