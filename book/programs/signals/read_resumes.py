"""A handler interrupts read(2); Python calls it again (PEP 475)."""

import os
import sys

from ipclab import Signal
from ipclab.kernel import wait_until_blocked

USR1 = Signal("USR1")
r, w = os.pipe()                        # the data
seen_r, seen_w = os.pipe()              # the handler says that it ran


def handler(signum, frame):
    os.write(seen_w, b".")
    if "raise" in sys.argv:
        raise TimeoutError("the handler gives up")


child = os.fork()
if child == 0:
    USR1.catch(handler)
    os.write(seen_w, b".")              # ready
    try:
        print("read returned", os.read(r, 10))
    except TimeoutError as error:
        print("read was given up:", error)
    sys.exit()

os.read(seen_r, 1)
for _ in range(1 if "raise" in sys.argv else 3):
    wait_until_blocked(child, "read")
    USR1.send(child)
    os.read(seen_r, 1)                  # its handler has run
os.write(w, b"data")
os.waitpid(child, 0)
