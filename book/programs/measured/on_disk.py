"""16 MiB into memory that has a name: which of it is for the disk?"""

import mmap
import os
import tempfile

CHUNK, TIMES = bytes(1 << 20), 16
SIZE = len(CHUNK) * TIMES
folder = tempfile.TemporaryDirectory()
file = os.path.join(folder.name, "file")
segment = f"/dev/shm/ipclab-on-disk-{os.getpid()}"


def to_disk() -> int:
    """Bytes that this process has sent to a disk so far."""
    with open("/proc/self/io") as io:
        return int(dict(line.split(": ") for line in io)["write_bytes"])


def store(path: str) -> int:
    """Write through a shared mapping; what does it cost the disk?"""
    before = to_disk()
    with open(path, "w+b") as opened:
        opened.truncate(SIZE)
        with mmap.mmap(opened.fileno(), SIZE) as memory:
            for _ in range(TIMES):
                memory.write(CHUNK)
    os.unlink(path)
    return to_disk() - before


print("mapped file:", store(file), "bytes to the disk")
print("/dev/shm:   ", store(segment), "bytes to the disk")
folder.cleanup()
