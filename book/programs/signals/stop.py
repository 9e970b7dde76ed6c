"""SIGSTOP halts a process, SIGCONT lets it go on, SIGKILL ends it."""

import os
import signal

from ipclab import Signal
from ipclab.kernel import state

STOP, CONT, KILL = Signal("STOP"), Signal("CONT"), Signal("KILL")

child = os.fork()
if child == 0:
    while True:                         # works for ever
        pass

STOP.send(child)
_, status = os.waitpid(child, os.WUNTRACED)     # returns when it stops
print("after SIGSTOP:", os.WIFSTOPPED(status), state(child).letter)

CONT.send(child)
_, status = os.waitpid(child, os.WCONTINUED)    # returns when it goes on
print("after SIGCONT:", os.WIFCONTINUED(status), state(child).letter)

STOP.send(child)
os.waitpid(child, os.WUNTRACED)
KILL.send(child)                                # also ends a stopped one
_, status = os.waitpid(child, 0)
print("after SIGKILL:", signal.Signals(os.WTERMSIG(status)).name)
