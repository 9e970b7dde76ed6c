"""The file is cut off under a process that has it mapped."""

import mmap
import os
import signal

file = os.memfd_create("letter")
os.ftruncate(file, mmap.PAGESIZE)
memory = mmap.mmap(file, mmap.PAGESIZE)
memory[:5] = b"hello"

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
