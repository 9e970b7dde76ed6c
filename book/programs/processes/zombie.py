"""A dead child stays in the kernel's table until its parent has asked."""

import os
from pathlib import Path


def state(pid):
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return "gone"
    return stat.read_text().rpartition(")")[2].split()[0]


child = os.fork()
if child == 0:
    os._exit(7)

os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)    # wait, do not ask
print("dead:  ", state(child))
_, status = os.waitpid(child, 0)
print("asked: ", state(child), os.waitstatus_to_exitcode(status))
