"""A semaphore is still there when the process that made it has ended."""

import os

import sysv_ipc

KEY = 0x1BC0000 + os.getpid()           # a number that both know

child = os.fork()
if child == 0:
    sysv_ipc.Semaphore(KEY, sysv_ipc.IPC_CREX, initial_value=3)
    os._exit(0)

os.waitpid(child, 0)
s = sysv_ipc.Semaphore(KEY)
s.P()
print("its maker has ended; its value is", s.value)
s.remove()                              # or: ipcrm --semaphore-key KEY
try:
    sysv_ipc.Semaphore(KEY)
except sysv_ipc.ExistentialError:
    print("removed")
