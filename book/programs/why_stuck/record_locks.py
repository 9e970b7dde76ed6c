"""Two processes lock two parts of a file, in opposite order."""

import fcntl
import os
import tempfile

from ipclab import Semaphore
from ipclab.kernel import wait_until_blocked

file = tempfile.TemporaryFile()
here, go_on = Semaphore(0), Semaphore(0)


def lock(part: int) -> None:
    fcntl.lockf(file, fcntl.LOCK_EX, 1, part)       # one byte, from there


def both(first: int, second: int) -> str:
    lock(first)
    here.V()
    go_on.P()                                       # now each has one
    try:
        lock(second)
    except OSError as error:
        return f"refused: {error.strerror}"
    return "got both"


r, w = os.pipe()
for first in (0, 1):
    if os.fork() == 0:
        said = both(first, 1 - first)
        os.write(w, said.encode() + b"\n")          # one write, one line
        os._exit(0)
    here.P()
for _ in range(2):
    go_on.V()
for _ in range(2):
    os.wait()
print(*sorted(os.read(r, 200).decode().splitlines()), sep="\n")
