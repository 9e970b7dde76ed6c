"""Block the signal, then wait for it: whenever it comes, it is found."""

import os

from ipclab import Signal

USR1 = Signal("USR1")

child = os.fork()
if child == 0:
    USR1.block()
    USR1.raise_()                       # the signal arrives here, or later
    print("pending:", USR1.pending, flush=True)
    USR1.wait()                         # takes it, or sleeps until it comes
    print("woken", flush=True)
    os._exit(0)

os.waitpid(child, 0)
