"""process_vm_readv: the kernel copies once, out of the sender's memory."""

import ctypes
import os


class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]


message = ctypes.create_string_buffer(b"as the parent has it")
at, size = ctypes.addressof(message), len(message) - 1
r, w = os.pipe()
wait, go = os.pipe()
child = os.fork()
if child == 0:
    message[:20] = b"as the child has it "
    os.write(w, b".")                        # and does nothing more
    os.read(wait, 1)
    os._exit(0)

os.read(r, 1)
mine = ctypes.create_string_buffer(size)
here, there = Vector(ctypes.addressof(mine), size), Vector(at, size)
got = ctypes.CDLL(None).process_vm_readv(
    child, ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
print(mine.raw.decode() if got == size else "not permitted here")
os.write(go, b".")
os.waitpid(child, 0)
