"""A V by a process that never did P: a semaphore has no owner."""

import os

from ipclab import Semaphore

mutex = Semaphore(1)
mutex.P()
print("I am in, value", mutex.value)
child = os.fork()
if child == 0:
    mutex.V()                           # a mistake
    mutex.P()
    print("so am I, value", mutex.value)
    os._exit(0)
os.waitpid(child, 0)
mutex.V()
