"""Ten children end at once. A loop in the handler reaps every one."""

import os

from ipclab import Signal

CHLD = Signal("CHLD")
reaped = []


def handler(signum, frame):
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:       # no child is left
            return
        if not pid:                     # those left are still running
            return
        reaped.append(pid)


CHLD.catch(handler)
with CHLD.blocked():                    # all ten end before one is noticed
    for _ in range(10):
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)

print("reaped", len(reaped), "of 10")
