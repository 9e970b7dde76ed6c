"""Rule 5 again: a put() that interrupts a put() waits for ever."""

import os
import queue

from ipclab import Signal
from ipclab.kernel import state, wait_until_blocked

USR1, KILL = Signal("USR1"), Signal("KILL")
jobs = queue.Queue()

child = os.fork()
if child == 0:
    USR1.catch(lambda signum, frame: jobs.put("from the handler"))
    with jobs.mutex:                    # what put() does inside
        USR1.raise_()                   # the signal arrives here
        jobs.queue.append("from main")
    print("in the queue:", jobs.qsize(), flush=True)
    os._exit(0)

wait_until_blocked(child, "futex")      # returns: it waits for a lock
print("threads that could release it:", state(child).threads - 1)
KILL.send(child)
os.waitpid(child, 0)
