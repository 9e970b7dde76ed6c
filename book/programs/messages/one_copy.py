"""vmsplice gives the page itself to the pipe: it is copied once, by read."""

import ctypes
import mmap
import os


class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]


page = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE)       # the sender's own
r, w = os.pipe()
sent, look = os.pipe()
sender = os.fork()
if sender == 0:
    page[:3] = b"old"
    at = ctypes.addressof(ctypes.c_char.from_buffer(page))
    ctypes.CDLL(None).vmsplice(w, ctypes.byref(Vector(at, 3)), 1, 0)
    page[:3] = b"new"                  # after sending
    os.write(look, b".")
    os._exit(0)

os.read(sent, 1)
print("received:", os.read(r, 3).decode())
os.waitpid(sender, 0)
