"""Made, but not yet set: the value comes after somebody has used it."""

import os

import sysv_ipc

from ipclab import Semaphore

KEY = 0x1BC0000 + os.getpid()          # a number that both know
made, used = Semaphore(0), Semaphore(0)

child = os.fork()
if child == 0:
    made.P()
    s = sysv_ipc.Semaphore(KEY)         # it exists, so the child
    s.V()                               # uses it
    used.V()
    os._exit(0)

s = sysv_ipc.Semaphore(KEY, sysv_ipc.IPC_CREX)      # semget(2)
try:
    made.V()
    used.P()                            # here the child comes in
    s.value = 1                         # semctl(2), SETVAL
    os.waitpid(child, 0)
    print("1 at first and one V is", s.value)
finally:
    s.remove()
