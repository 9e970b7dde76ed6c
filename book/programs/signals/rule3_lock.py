"""Rule 3, guarded by a lock: the handler waits for whom it interrupted.

Usage: rule3_lock.py Lock|RLock
"""

import os
import sys
import threading

from ipclab import Signal
from ipclab.kernel import state, wait_until_blocked

USR1, KILL = Signal("USR1"), Signal("KILL")
lock = getattr(threading, sys.argv[1])()
balance = 100


def deposit(amount: int, interrupted: bool = False) -> None:
    global balance
    with lock:
        old = balance
        if interrupted:
            USR1.raise_()               # the signal arrives here
        balance = old + amount


child = os.fork()
if child == 0:
    USR1.catch(lambda signum, frame: deposit(1))
    deposit(50, interrupted=True)
    print("100 + 50 + 1 =", balance)
    sys.exit()
if sys.argv[1] == "Lock":
    wait_until_blocked(child, "futex")  # returns: it waits for the lock
    print("threads that could release it:", state(child).threads - 1)
    KILL.send(child)
os.waitpid(child, 0)
