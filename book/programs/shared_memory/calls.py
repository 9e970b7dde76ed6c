"""How often does shared memory call the kernel? Run it under strace."""

import mmap
import os

memory = mmap.mmap(-1, 1 << 20)
memory[:] = bytes(1 << 20)              # every page has its frame now

os.write(1, b"before\n")
memory[:5] = b"hello"
found = memory[:5]
os.write(1, b"after\n")
