"""Waiting for a child before reading what it says: a deadlock."""

import os
import subprocess
import sys
from pathlib import Path

from ipclab import Signal
from ipclab.kernel import wait_until_blocked, why_stuck

CODE = "print('x' * 100_000)"

parent = os.fork()
if parent == 0:
    child = subprocess.Popen([sys.executable, "-c", CODE],
                             stdout=subprocess.PIPE)
    child.wait()                     # first wait, then read
    print(len(child.stdout.read()), "bytes")
    os._exit(0)

wait_until_blocked(parent, "wait4")
child = int(Path(f"/proc/{parent}/task/{parent}/children").read_text())
wait_until_blocked(child, "write")
print(why_stuck({parent: "parent", child: "child"}))
Signal("STOP").send(parent)          # or it would wake, and go on
for process in (child, parent):
    Signal("KILL").send(process)
os.waitpid(parent, 0)
