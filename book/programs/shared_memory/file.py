"""A mapped file is shared memory, and a file."""

import mmap
import os
import tempfile

with tempfile.TemporaryFile() as file:
    file.truncate(mmap.PAGESIZE)
    memory = mmap.mmap(file.fileno(), mmap.PAGESIZE)
    child = os.fork()
    if child == 0:
        memory[:5] = b"hello"           # a store, no write(2)
        os._exit(0)
    os.waitpid(child, 0)
    print("loaded:", memory[:5])
    print("read:  ", os.pread(file.fileno(), 5, 0))
