"""A path leaves a file behind, an abstract name does not."""

import os
import socket
import tempfile


def twice(address: str | bytes) -> str:
    """Have the address, close the socket, and want it again."""
    for _ in range(2):
        with socket.socket(socket.AF_UNIX) as server:
            try:
                server.bind(address)
            except OSError as error:
                return error.strerror
    return "free again"


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "s")
    print("a path:          ", twice(path))
    print("its file is left:", os.path.exists(path))
print("an abstract name:", twice(b"\0ipclab-%d" % os.getpid()))
