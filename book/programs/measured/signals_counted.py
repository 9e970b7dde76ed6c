"""A thousand signals sent while they are blocked. How many come?"""

import contextlib
import os

from ipclab import Signal
from ipclab.errors import WouldBlock

TIMES = 1000


def taken(kind: Signal, send) -> list[int]:
    """Send to ourselves while blocked, then take what is pending."""
    kind.block()
    for number in range(TIMES):
        send(number)
    came = []
    with contextlib.suppress(WouldBlock):
        while True:
            came.append(kind.wait_value_nowait())
    return came


usr1, real_time = Signal("USR1"), Signal("RTMIN")
me = os.getpid()
came = taken(usr1, lambda n: usr1.send(me))
print("SIGUSR1: ", len(came), "of", TIMES)
came = taken(real_time, lambda n: real_time.queue(me, n))
print("SIGRTMIN:", len(came), "of", TIMES)
print("with the numbers from", came[0], "to", came[-1], "in order:",
      came == list(range(TIMES)))
