"""A pipe has no name. It is there as long as somebody has it open."""

import glob
import os
import signal


def users(number: int) -> int:
    """How many descriptors of all processes lead to this pipe."""
    count = 0
    for entry in glob.glob("/proc/[0-9]*/fd/*"):
        try:
            count += os.readlink(entry) == f"pipe:[{number}]"
        except OSError:         # closed meanwhile, or not ours
            pass
    return count


r, w = os.pipe()
number = os.fstat(r).st_ino
print("made:              ", users(number))
child = os.fork()
if child == 0:
    signal.pause()              # has it, and does nothing with it
print("forked:            ", users(number))
os.write(w, b"a letter")
os.close(r)
os.close(w)
print("its maker lets go: ", users(number))
with open(f"/proc/{child}/fd/{r}", "rb", buffering=0) as pipe:
    print("  read through the child's:", pipe.read(100))
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)
print("its last user ends:", users(number))
