"""An address in shared memory leads nowhere in another process."""

import mmap
import os

from ipclab.kernel import address_of, maps

file = os.memfd_create("both")
os.ftruncate(file, mmap.PAGESIZE)
memory = mmap.mmap(file, mmap.PAGESIZE)
words = memoryview(memory).cast("Q")
memory[100:105] = b"hello"
words[0] = address_of(memory) + 100             # a pointer to it
words[1] = 100                                  # an offset to it

child = os.fork()
if child == 0:
    elsewhere = mmap.mmap(file, mmap.PAGESIZE)  # the same memory
    words.release()                             # at another place
    memory.close()
    pointer, offset = memoryview(elsewhere).cast("Q")[:2]
    leads = [m for m in maps(os.getpid()) if m.start <= pointer < m.end]
    print("pointer leads to the memory:",
          any("memfd:both" in m.path for m in leads))
    print("offset leads to:", elsewhere[offset:offset + 5])
    os._exit(0)
os.waitpid(child, 0)
