"""Check a flag, then sleep: the signal in between is lost."""

import os
import signal

from ipclab import Signal
from ipclab.kernel import wait_until_blocked

USR1, KILL = Signal("USR1"), Signal("KILL")
arrived = False


def handler(signum, frame):
    global arrived
    arrived = True


child = os.fork()
if child == 0:
    USR1.catch(handler)
    if not arrived:
        USR1.raise_()                   # the signal arrives here
        print("arrived:", arrived, flush=True)
        signal.pause()                  # sleep until one comes
    print("woken", flush=True)
    os._exit(0)

print("the child sleeps in", wait_until_blocked(child, "pause").call)
KILL.send(child)
os.waitpid(child, 0)
