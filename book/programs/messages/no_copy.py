"""In shared memory nothing is copied: sent means stored."""

import mmap
import os

page = mmap.mmap(-1, 4096, flags=mmap.MAP_SHARED)        # everybody's
page[:3] = b"old"
sent, look = os.pipe()
go, on = os.pipe()
sender = os.fork()
if sender == 0:
    os.write(look, b".")               # "it lies there"
    os.read(go, 1)
    page[:3] = b"new"                  # after the receiver has looked
    os.write(look, b".")
    os._exit(0)

os.read(sent, 1)
message = memoryview(page)[:3]
print("received:", bytes(message).decode())
os.write(on, b".")
os.read(sent, 1)
print("and then:", bytes(message).decode())
os.waitpid(sender, 0)
