"""After fork both see the same page frames, until one of them writes."""

import mmap
import os
import resource

PAGES, PAGE = 2000, mmap.PAGESIZE
memory = mmap.mmap(-1, PAGES * PAGE, flags=mmap.MAP_PRIVATE)
memory.madvise(mmap.MADV_NOHUGEPAGE)       # count pages of one size


def write(value):
    """Write into each page, and count the page faults that it took."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for i in range(0, len(memory), PAGE):
        memory[i] = value
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


write(1)                                   # the kernel gives the frames now
r, w = os.pipe()
if os.fork() == 0:
    first, second = write(2), write(3)
    os.write(w, f"{first} {second}".encode())
    os._exit(0)

os.wait()
first, second = map(int, os.read(r, 100).split())
print("pages:", PAGES)
print("copied when the child first wrote:", first // 100 * 100)
print("and when it wrote again:", second // 100 * 100)
