"""Made, but not yet set: whoever did not make it waits until it is."""

import os

import sysv_ipc

from ipclab import Semaphore

KEY = 0x1BC0000 + os.getpid()          # a number that both know
made, used = Semaphore(0), Semaphore(0)

child = os.fork()
if child == 0:
    made.P()
    s = sysv_ipc.Semaphore(KEY)         # it exists, but is it set?
    used.V()
    while s.o_time == 0:                # the time of the first semop
        os.sched_yield()
    s.V()
    os._exit(0)

s = sysv_ipc.Semaphore(KEY, sysv_ipc.IPC_CREX)      # semget(2)
try:
    made.V()
    used.P()                            # here the child comes in
    s.V()                               # semop(2): from 0 to 1
    os.waitpid(child, 0)
    print("1 at first and one V is", s.value)
finally:
    s.remove()
