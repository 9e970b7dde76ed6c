"""Page faults of a first and a second walk through new shared memory."""

import mmap
import os
import resource
import tempfile

PAGES, PAGE = 1024, mmap.PAGESIZE
SIZE = PAGES * PAGE


def faults(memory: mmap.mmap) -> int:
    """How often the kernel has to be asked while each page is written."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for at in range(0, SIZE, PAGE):
        memory[at] = 1
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def walked(name: str, memory: mmap.mmap) -> None:
    print(f"{name:22}{faults(memory):5} faults, then {faults(memory)}")
    memory.close()


file = tempfile.TemporaryFile()
file.truncate(SIZE)
segment = os.memfd_create("memory")
os.ftruncate(segment, SIZE)
at_once = mmap.MAP_SHARED | mmap.MAP_POPULATE
walked("shared memory", mmap.mmap(segment, SIZE))
walked("file", mmap.mmap(file.fileno(), SIZE))
with open("/dev/zero", "r+b") as zero:
    walked("no file", mmap.mmap(zero.fileno(), SIZE))
walked("no file, MAP_POPULATE", mmap.mmap(-1, SIZE, flags=at_once))
