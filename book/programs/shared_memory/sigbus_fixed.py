"""The file is sealed, and cannot be cut off any more."""

import fcntl
import mmap
import os
import signal

file = os.memfd_create("letter", os.MFD_ALLOW_SEALING)
os.ftruncate(file, mmap.PAGESIZE)
memory = mmap.mmap(file, mmap.PAGESIZE)
memory[:5] = b"hello"
fcntl.fcntl(file, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK)

try:
    os.ftruncate(file, 0)
    print("cut off")
except PermissionError:
    print("may not be cut off")

child = os.fork()
if child == 0:
    os._exit(memory[0])                 # one load
_, status = os.waitpid(child, 0)
if os.WIFSIGNALED(status):
    print("the reader was ended by", signal.Signals(status & 127).name)
else:
    print("the reader found", chr(os.WEXITSTATUS(status)))
