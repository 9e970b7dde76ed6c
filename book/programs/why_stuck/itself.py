"""A process waits for the one thing that only it could do."""

import os
import signal

from ipclab import Semaphore
from ipclab.kernel import why_stuck

mutex = Semaphore(1)


def log(line: str) -> None:
    with mutex.held():
        pass                                # write the line


def save() -> None:
    with mutex.held():
        log("saved")                        # and that takes the mutex


child = os.fork()
if child == 0:
    save()
    os._exit(0)
while not (graph := why_stuck({child: "child"})).deadlocked:
    pass
wait, = graph.waits
print("the child waits", wait.purpose, "its mutex:", wait.condition)
print("stuck for good:", graph.deadlocked == (child,))
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)
