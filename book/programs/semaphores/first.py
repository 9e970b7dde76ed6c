"""One process waits until another has done something: P and V."""

import os

from ipclab import Semaphore
from ipclab.kernel import wait_until_blocked

ready = Semaphore(0)
child = os.fork()
if child == 0:
    ready.P()                           # wait, then take one
    print("child:  tea!")
    os._exit(0)

wait_until_blocked(child, ("semop", "semtimedop"))
print("parent: value", ready.value, "and", ready.waiting, "process waits")
print("parent: the kettle boils")
ready.V()                               # add one, and wake somebody
os.waitpid(child, 0)
print("parent: value", ready.value, "and", ready.waiting, "processes wait")
