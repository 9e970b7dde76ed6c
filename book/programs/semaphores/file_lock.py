"""A lock on a file has an owner, and the kernel gives it back."""

import fcntl
import os
import signal
import tempfile

from ipclab.kernel import wait_until_blocked

file = tempfile.NamedTemporaryFile()


def locked() -> bool:
    with open(file.name, "a") as mine:
        try:
            fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


child = os.fork()
if child == 0:
    its_own = open(file.name, "a")      # not what it inherited
    fcntl.flock(its_own, fcntl.LOCK_EX)
    signal.pause()                      # in the middle of its work
    os._exit(0)

wait_until_blocked(child, "pause")
print("while the child works: locked", locked())
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)
print("after it was killed:   locked", locked())
