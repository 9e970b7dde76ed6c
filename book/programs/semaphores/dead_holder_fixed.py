"""The kernel does the V of a process that was killed: SEM_UNDO."""

import os
import signal

from ipclab import Semaphore
from ipclab.errors import WouldBlock
from ipclab.kernel import wait_until_blocked

mutex = Semaphore(1, undo=True)
child = os.fork()
if child == 0:
    mutex.P()
    signal.pause()                      # in the middle of its work
    os._exit(0)

wait_until_blocked(child, "pause")
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)
try:
    mutex.P_nowait()
    print("the next one may go in")
except WouldBlock:
    print("taken by nobody, value", mutex.value)
