"""Three processes that say nothing. Which of them is stuck?"""

import os
import signal

from ipclab import Pipe
from ipclab.kernel import state, wait_until_blocked

STOP = signal.SIGSTOP


def count() -> None:
    n = 0
    while True:
        n += 1


def child_of(work) -> int:
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    return child


pipe = Pipe()
children = {"counts": child_of(count),
            "waits": child_of(lambda: pipe.reader.read(1)),
            "is stopped": child_of(lambda: signal.raise_signal(STOP))}
wait_until_blocked(children["waits"], "read")
os.waitpid(children["is stopped"], os.WUNTRACED)
for name, pid in children.items():
    now = state(pid)
    print(f"{name:11} {now.letter}  {now.call or 'no call'}")
for pid in children.values():
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
