"""Two readers of one FIFO: who gets what?"""

import os
import tempfile

from ipclab.kernel import wait_until_blocked

folder = tempfile.TemporaryDirectory()
name = os.path.join(folder.name, "fifo")
os.mkfifo(name)


def reader(label: str) -> int:
    child = os.fork()
    if child == 0:
        r = os.open(name, os.O_RDONLY)
        os.write(1, f"{label} gets {os.read(r, 3)}\n".encode())
        os._exit(0)
    return child


readers = [reader("first"), reader("second")]
w = os.open(name, os.O_WRONLY)
for child in readers:                   # in this order
    wait_until_blocked(child, "read")
os.write(w, b"abcdef")
for child in readers:
    os.waitpid(child, 0)
folder.cleanup()
