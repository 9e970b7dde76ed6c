"""Rule 5 again: a SimpleQueue's put() is one step, made for handlers."""

import os
import queue

from ipclab import Signal

USR1 = Signal("USR1")
jobs = queue.SimpleQueue()

child = os.fork()
if child == 0:
    USR1.catch(lambda signum, frame: jobs.put("from the handler"))
    USR1.raise_()                       # the signal arrives here
    jobs.put("from main")               # one call into C: never inside it
    print("in the queue:", jobs.qsize(), flush=True)
    os._exit(0)

os.waitpid(child, 0)
