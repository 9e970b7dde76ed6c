"""Send a signal five times while it is blocked. How often does it arrive?"""

import os

from ipclab import Signal
from ipclab.errors import WouldBlock


def arrivals(signal: Signal, copies: int = 5) -> int:
    """How many of `copies` the kernel hands out, taken one by one."""
    signal.block()
    for _ in range(copies):
        signal.send(os.getpid())
    taken = 0
    while True:
        try:
            signal.wait_nowait()
            taken += 1
        except WouldBlock:
            return taken


def calls(signal: Signal, copies: int = 5) -> int:
    """How often a Python handler runs for `copies` sent while blocked."""
    ran = []
    with signal.catch(lambda signum, frame: ran.append(1)):
        with signal.blocked():
            for _ in range(copies):
                signal.send(os.getpid())
    return len(ran)


for name in ("USR1", "RTMIN"):
    signal = Signal(name)
    print(f"{signal.label:8}  handler calls: {calls(signal)}", end="  ")
    print(f"taken by wait: {arrivals(signal)}")
