"""What stays when everybody has gone: the name, and not the data."""

import os
import tempfile

folder = tempfile.TemporaryDirectory()
name = os.path.join(folder.name, "fifo")
os.mkfifo(name)

r = os.open(name, os.O_RDONLY | os.O_NONBLOCK)
w = os.open(name, os.O_WRONLY)
os.write(w, b"left behind")
os.close(w)
os.close(r)                          # nobody has it open any more

print("the name is there:", os.path.exists(name))
r = os.open(name, os.O_RDONLY | os.O_NONBLOCK)
print("opened again, it holds:", os.read(r, 100))
w = os.open(name, os.O_WRONLY)
os.unlink(name)
os.write(w, b"still in touch")
print("the name is there:", os.path.exists(name))
print("those who have it open:", os.read(r, 100))
folder.cleanup()
