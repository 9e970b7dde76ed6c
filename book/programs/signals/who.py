"""What comes with a signal: who sent it and why, and at most one number."""

import os
import signal

from ipclab import Signal

USR1, RT = Signal("USR1"), Signal("RTMIN")
USR1.block()
RT.block()

child = os.fork()
if child == 0:
    USR1.send(os.getppid())
    RT.queue(os.getppid(), 42)
    os._exit(0)

info = USR1.wait()
print("sender is the child:", info.si_pid == child)
print("its user:", info.si_uid == os.getuid())
print("sent by kill(2):", info.si_code == 0)           # SI_USER
print("fields:", *(name for name in dir(info) if name.startswith("si_")))
print("number that came with sigqueue:", RT.wait_value())
os.waitpid(child, 0)
