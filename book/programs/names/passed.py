"""A descriptor is a right: it opens what has no name any more."""

import os
import socket
import tempfile

a, b = socket.socketpair()
if os.fork() == 0:
    a.close()
    _, (fd,), _, _ = socket.recv_fds(b, 1, 1)
    try:
        os.open(b.recv(100), os.O_RDONLY)
    except FileNotFoundError:
        print("by its name: not found")
    print("by the descriptor:", os.pread(fd, 100, 0).decode(), flush=True)
    os._exit(0)

fd, path = tempfile.mkstemp()
os.write(fd, b"for you only")
os.unlink(path)                                  # the name is gone
socket.send_fds(a, [b"!"], [fd])
a.send(path.encode())
os.wait()
