"""kill(pid, 0) asks whether a process exists, not whether it runs."""

import os

from ipclab.kernel import state


def exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


child = os.fork()
if child == 0:
    os._exit(0)

os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)     # it has ended
print("ended, not waited for:", "exists," if exists(child) else "gone,",
      "state", state(child).letter)
os.waitpid(child, 0)
print("waited for:", "exists" if exists(child) else "no such process")
