"""A program looks at a segment, ends, and the segment stays."""

import os
import subprocess
import sys

from ipclab import SharedMemory

VISITOR = """
import mmap, sys
with open("/dev/shm" + sys.argv[1], "r+b") as file:
    memory = mmap.mmap(file.fileno(), 0)
print("the visitor reads", memory[:4])
memory.close()
"""

with SharedMemory(100, kind="POSIX") as memory:
    memory.view[:4] = b"mine"
    subprocess.run([sys.executable, "-c", VISITOR, memory.name],
                   stderr=subprocess.PIPE)  # until its helpers end, too
    print("it is still there:", os.path.exists("/dev/shm" + memory.name))
