"""How often does the kernel copy a mebibyte on its way?"""

import mmap
import os

SIZE = 1 << 20
data = bytes(SIZE)
memory = mmap.mmap(-1, SIZE)                    # anonymous, shared
file = os.memfd_create("file")
os.ftruncate(file, SIZE)
mapped = mmap.mmap(file, SIZE)
(r, w), (told, tell) = os.pipe(), os.pipe()


def read_all() -> None:
    left = SIZE
    while left:
        left -= len(os.read(r, left))


def copied(*roles) -> int:
    """Bytes that read(2) and write(2) move in processes of these roles."""
    for child in [os.fork() or count(role) for role in roles]:
        os.waitpid(child, 0)
    return sum(map(int, os.read(told, 100).split()))


def count(role) -> None:
    """In a child: play the role, tell what the kernel has counted, end."""
    role()
    lines = open("/proc/self/io").readlines()[:2]           # rchar, wchar
    os.write(tell, b"%d " % sum(int(line.split()[1]) for line in lines))
    os._exit(0)


for way, *roles in (
        ("pipe", lambda: os.write(w, data), read_all),
        ("write and map", lambda: os.write(file, data), lambda: mapped[:]),
        ("shared memory", lambda: memory.write(data), lambda: memory[:])):
    print(f"{way:14}{copied(*roles) / SIZE:g} copies")
