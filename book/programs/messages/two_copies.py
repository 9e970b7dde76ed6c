"""A pipe copies when it is written, and again when it is read."""

import mmap
import os

page = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE)       # the sender's own
page[:3] = b"old"
r, w = os.pipe()
sent, look = os.pipe()
sender = os.fork()
if sender == 0:
    os.write(w, page[:3])
    page[:3] = b"new"                  # after sending
    os.write(look, b".")
    os._exit(0)

os.read(sent, 1)
print("received:", os.read(r, 3).decode())
os.waitpid(sender, 0)
