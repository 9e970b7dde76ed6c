"""What becomes of shared memory when a process executes a program?"""

import mmap
import os
import subprocess
import sys

PROGRAM = """
import mmap, sys
print("mapped after exec:", "ipclab-demo" in open("/proc/self/maps").read())
memory = mmap.mmap(int(sys.argv[1]), 0)
print("mapped again, it has", memory[:4])
"""

file = os.memfd_create("ipclab-demo")
os.ftruncate(file, mmap.PAGESIZE)
memory = mmap.mmap(file, mmap.PAGESIZE)
memory[:4] = b"data"
print("mapped before:", "ipclab-demo" in open("/proc/self/maps").read())
subprocess.run([sys.executable, "-c", PROGRAM, str(file)],
               pass_fds=[file])
