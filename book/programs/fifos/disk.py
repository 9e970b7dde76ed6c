"""16 MiB through a FIFO and through a file: what goes to the disk?"""

import os
import tempfile

CHUNK, TIMES = bytes(1 << 20), 16
folder = tempfile.TemporaryDirectory()


def to_disk() -> int:
    """Bytes that this process has sent to a disk so far."""
    with open("/proc/self/io") as io:
        fields = dict(line.split(": ") for line in io)
    return int(fields["write_bytes"])


def through(name: str) -> str:
    before = to_disk()
    with open(name, "wb", buffering=0) as out:
        for _ in range(TIMES):
            out.write(CHUNK)
    status = os.stat(name)
    return (f"{os.path.basename(name)}: {to_disk() - before} to the disk, "
            f"size {status.st_size}, blocks {status.st_blocks}")


fifo = os.path.join(folder.name, "fifo")
os.mkfifo(fifo)
child = os.fork()
if child == 0:
    with open(fifo, "rb", buffering=0) as source:
        received = sum(map(len, iter(lambda: source.read(1 << 16), b"")))
    print("received:", received)
    os._exit(0)
said = through(fifo)
os.waitpid(child, 0)
print(said)
print(through(os.path.join(folder.name, "file")))
folder.cleanup()
