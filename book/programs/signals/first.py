"""A signal ends a process that never asked for one: its default action."""

import os
import signal

from ipclab import Signal

USR1 = Signal("USR1")

child = os.fork()
if child == 0:
    signal.pause()                      # sleep until a signal comes
    os._exit(0)                         # never reached

USR1.send(child)
_, status = os.waitpid(child, 0)
print("the child exited by itself:", os.WIFEXITED(status))
print("the child was ended by", signal.Signals(os.WTERMSIG(status)).name)
