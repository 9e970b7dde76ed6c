"""How long may the path of a UNIX socket be, and what to do about it?"""

import os
import socket
import tempfile


def bind(path: str) -> str:
    with socket.socket(socket.AF_UNIX) as sock:
        try:
            sock.bind(path)
            return "bound"
        except OSError as error:
            return str(error)


with tempfile.TemporaryDirectory() as folder:
    for size in (107, 108):
        path = os.path.join(folder, "s" * (size - len(folder) - 1))
        print(len(path), "bytes:", bind(path))
    deep = os.path.join(folder, "d" * 100)
    os.mkdir(deep)
    here = os.open(deep, os.O_PATH)
    print("through its folder:", bind(f"/proc/self/fd/{here}/s"))
    print("it exists:", os.path.exists(f"{deep}/s"))
