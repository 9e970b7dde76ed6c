"""A thousand signals sent while they are blocked. How many come?"""

import os
import signal

from ipclab import Signal

TIMES = 1000


def taken(kind: Signal, send) -> list[int]:
    """Send to ourselves while blocked, then take what is pending."""
    kind.block()
    for number in range(TIMES):
        send(number)
    came = []
    while info := signal.sigtimedwait([kind.number], 0):
        came.append(info)
    return came


usr1, real_time = Signal("USR1"), Signal("RTMIN")
me = os.getpid()
print("SIGUSR1: ", len(taken(usr1, lambda n: usr1.send(me))), "of", TIMES)
print("SIGRTMIN:", len(taken(real_time, lambda n: real_time.queue(me, n))),
      "of", TIMES)
