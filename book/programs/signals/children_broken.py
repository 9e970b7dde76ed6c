"""Ten children end at once. One wait per SIGCHLD leaves zombies."""

import os

from ipclab import Signal

CHLD = Signal("CHLD")
reaped = []


def handler(signum, frame):
    pid, status = os.waitpid(-1, os.WNOHANG)
    if pid:
        reaped.append(pid)


CHLD.catch(handler)
with CHLD.blocked():                    # all ten end before one is noticed
    for _ in range(10):
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)

print("reaped", len(reaped), "of 10")
