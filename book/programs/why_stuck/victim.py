"""A deadlock, and what is left to do about it."""

import os
import signal

from ipclab import Semaphore
from ipclab.kernel import wait_until_blocked, why_stuck

P_CALLS = ("semop", "semtimedop")
one, two = Semaphore(1, undo=True), Semaphore(1, undo=True)
here, go_on = Semaphore(0), Semaphore(0)


def both(first: Semaphore, second: Semaphore) -> None:
    with first.held():
        here.V()
        go_on.P()
        with second.held():
            pass


children = {}
for name, order in (("A", (one, two)), ("B", (two, one))):
    child = os.fork()
    if child == 0:
        both(*order)
        os._exit(0)
    children[child] = name
    here.P()                                        # it has its first
for _ in children:
    go_on.V()
while len(why_stuck(children).deadlocked) < 2:
    pass
a, b = children
print("stuck for good: A and B")
os.kill(b, signal.SIGKILL)                          # the victim
os.waitpid(b, 0)
print("A has ended:", os.waitstatus_to_exitcode(os.waitpid(a, 0)[1]) == 0)
