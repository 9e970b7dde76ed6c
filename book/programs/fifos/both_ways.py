"""Opened for reading and writing: at once, and without an end."""

import os
import tempfile

folder = tempfile.TemporaryDirectory()
name = os.path.join(folder.name, "fifo")
os.mkfifo(name)

both = os.open(name, os.O_RDWR)
print("opened, and nobody else is there")
w = os.open(name, os.O_WRONLY)
os.write(w, b"visit")
os.close(w)                        # the last of the others leaves
print("read:", os.read(both, 100))
os.set_blocking(both, False)
try:
    print("read:", os.read(both, 100))
except BlockingIOError:
    print("read: nothing yet; a read that waits would wait")
os.write(both, b"a word to myself")
print("read:", os.read(both, 100))
folder.cleanup()
