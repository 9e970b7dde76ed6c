"""A right is taken back by taking away the thing."""

import os
import socket

a, b = socket.socketpair()
r, w = os.pipe()
if os.fork() == 0:
    os.close(w), os.close(r)
    _, (mine,), _, _ = socket.recv_fds(b, 1, 1)
    print("with the right:", os.read(mine, 100).decode())
    b.send(b"read")
    b.recv(1)
    print("after it was taken back:", os.read(mine, 100), flush=True)
    os._exit(0)

socket.send_fds(a, [b"!"], [r])
os.write(w, b"a letter")
a.recv(100)
os.close(w)
a.send(b".")
os.wait()
