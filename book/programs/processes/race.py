"""Who goes on first after fork? Nobody promises an order: wait for it."""

import os

r, w = os.pipe()
if os.fork() == 0:
    os.read(r, 1)                     # until the parent has spoken
    os.write(1, b"child: second\n")
    os._exit(0)

os.write(1, b"parent: first\n")
os.write(w, b".")
os.wait()
