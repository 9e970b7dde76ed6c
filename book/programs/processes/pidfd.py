"""A number can be given to another process later; a pidfd cannot."""

import os
import signal

child = os.fork()
if child == 0:
    os._exit(0)

handle = os.pidfd_open(child)
os.waitpid(child, 0)                       # from here the number is free
try:
    signal.pidfd_send_signal(handle, signal.SIGTERM)
except ProcessLookupError:
    print("the handle still means the child, and the child is gone")
