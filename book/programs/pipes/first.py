"""A child writes into a pipe, and its parent reads from it."""

import os

r, w = os.pipe()               # a buffer in the kernel, two ends
child = os.fork()              # now both processes have both ends
if child == 0:
    os.close(r)                # the child only writes
    os.write(w, b"hello from the child")
    os._exit(0)                # ending closes w as well

os.close(w)                    # the parent only reads
print("first read: ", os.read(r, 100))
print("second read:", os.read(r, 100))
os.waitpid(child, 0)
