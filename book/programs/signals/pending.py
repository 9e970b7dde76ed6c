"""A blocked signal waits; the kernel shows it; unblocking delivers it."""

import os

from ipclab import Signal
from ipclab.kernel import signals

USR1 = Signal("USR1")
me = os.getpid()
calls = 0


def handler(signum, frame):
    global calls
    calls += 1


USR1.catch(handler)
USR1.block()
USR1.send(me)
print("sent while blocked: calls =", calls)
print("the kernel says pending:", *signals(me).shared_pending)
USR1.unblock()
print("unblocked:          calls =", calls)
print("the kernel says pending:", *signals(me).shared_pending)
