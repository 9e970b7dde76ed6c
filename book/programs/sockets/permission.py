"""May another user connect? Needs root, to become that user."""

import os
import socket
import tempfile

NOBODY = 65534


def connects(address: str | bytes) -> str:
    """What a process of user nobody gets."""
    child = os.fork()
    if child == 0:
        os.setuid(NOBODY)
        try:
            socket.socket(socket.AF_UNIX).connect(address)
        except PermissionError:
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return "refused" if status else "connected"


def listening(address: str | bytes) -> socket.socket:
    server = socket.socket(socket.AF_UNIX)
    server.bind(address)
    server.listen()
    return server


with tempfile.TemporaryDirectory() as folder:
    os.chmod(folder, 0o755)
    path, name = os.path.join(folder, "s"), b"\0ipclab-%d" % os.getpid()
    servers = listening(path), listening(name)
    for mode in (0o700, 0o777) if os.getuid() == 0 else ():
        os.chmod(path, mode)
        print(f"path, mode {mode:o}: {connects(path)}")
    if os.getuid() == 0:
        print("abstract name: ", connects(name))
    print("done")
