"""A program that was told nothing but a name maps the same memory."""

import os
import subprocess
import sys

from ipclab import SharedMemory
from ipclab.kernel import find_mapping

STRANGER = """
import mmap, sys
with open("/dev/shm" + sys.argv[1], "r+b") as file:     # shm_open(3)
    memory = mmap.mmap(file.fileno(), 0)
print("the stranger finds", memory[:3])
memory[:3] = b"bye"
"""

with SharedMemory(10, kind="POSIX") as memory:
    memory.view[:3] = b"hi!"
    subprocess.run([sys.executable, "-c", STRANGER, memory.name])
    print("and left", bytes(memory.view[:3]))

    mapping = find_mapping(os.getpid(), path="/dev/shm" + memory.name)
    file = os.stat("/dev/shm" + memory.name)
    print("asked for", memory.size, "bytes, mapped", mapping.size)
    print("mapping:", mapping.permissions)
    print("file:", oct(file.st_mode & 0o777), file.st_size, "bytes")
