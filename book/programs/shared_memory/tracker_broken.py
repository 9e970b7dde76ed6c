"""A program looks at a segment, ends, and the segment is gone."""

import os
import subprocess
import sys

from ipclab import SharedMemory

VISITOR = """
import sys
from multiprocessing.shared_memory import SharedMemory
memory = SharedMemory(sys.argv[1])
print("the visitor reads", bytes(memory.buf[:4]))
memory.close()
"""

with SharedMemory(100, kind="POSIX") as memory:
    memory.view[:4] = b"mine"
    subprocess.run([sys.executable, "-c", VISITOR, memory.name],
                   stderr=subprocess.PIPE)  # until its helpers end, too
    print("it is still there:", os.path.exists("/dev/shm" + memory.name))
