"""Division by zero in machine code: the processor traps, the kernel sends.

Usage: fpe.py [ignore]
"""

import ctypes
import os
import resource
import signal
import sys

from ipclab import Signal


def divide(a: int, b: int) -> None:
    """Let the C library divide: one machine instruction of the processor."""
    ctypes.CDLL(None).div(a, b)


child = os.fork()
if child == 0:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))    # no core file
    if sys.argv[1:] == ["ignore"]:
        Signal("FPE").ignore()
    divide(1, 0)
    os._exit(0)

_, status = os.waitpid(child, 0)
if os.WIFSIGNALED(status):
    print("ended by", signal.Signals(os.WTERMSIG(status)).name)
else:
    print("the division went through")
