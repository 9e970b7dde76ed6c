"""How often does the kernel copy a mebibyte on its way?"""

import mmap
import os

SIZE = 1 << 20
data = bytes(SIZE)
memory = mmap.mmap(-1, SIZE)                    # anonymous, shared
file = os.memfd_create("file")
os.ftruncate(file, SIZE)
mapped = mmap.mmap(file, SIZE)
r, w = os.pipe()


def read_all() -> None:
    left = SIZE
    while left:
        left -= len(os.read(r, left))


def copied(*roles) -> int:
    """Bytes that read(2) and write(2) move in processes of these roles."""
    children = [os.fork() or (role(), os._exit(0)) for role in roles]
    return sum(map(counted, children))


def counted(child: int) -> int:
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)     # a zombie now
    with open(f"/proc/{child}/io") as io:
        rchar, wchar = (int(io.readline().split()[1]) for _ in "rw")
    os.waitpid(child, 0)
    return rchar + wchar


for way, *roles in (
        ("pipe", lambda: os.write(w, data), read_all),
        ("write and map", lambda: os.write(file, data), lambda: mapped[:]),
        ("shared memory", lambda: memory.write(data), lambda: memory[:])):
    print(f"{way:14}{copied(*roles) / SIZE:g} copies")
