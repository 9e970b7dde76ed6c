"""Closing is for oneself, unlinking is for everybody who comes later."""

import mmap
import os

from ipclab import SharedMemory


def found(name: str) -> bool:
    return os.path.exists("/dev/shm" + name)


memory = SharedMemory(100, kind="POSIX")
with open("/dev/shm" + memory.name, "r+b") as file:
    other = mmap.mmap(file.fileno(), 0)         # a second mapping of it

memory.view[:4] = b"data"
memory.close()                                  # munmap(2)
print("closed:   found by name", found(memory.name), "- other has",
      other[:4])
memory.remove()                                 # shm_unlink(3)
print("unlinked: found by name", found(memory.name), "- other has",
      other[:4])
other[:4] = b"more"
print("and other can still write:", other[:4])
try:
    os.unlink("/dev/shm" + memory.name)
except FileNotFoundError as error:
    print("unlinked twice:", error.strerror)
