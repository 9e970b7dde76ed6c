"""Two processes, one page: what the child stores, the parent loads."""

import mmap
import os

memory = mmap.mmap(-1, mmap.PAGESIZE)   # MAP_SHARED | MAP_ANONYMOUS
child = os.fork()
if child == 0:
    memory[:5] = b"hello"               # no call: five bytes are stored
    os._exit(0)

os.waitpid(child, 0)                    # the child has stored them
print("the parent finds", memory[:5])
