"""A message comes in two pieces; recv is called until it is whole."""

import os
import socket

MESSAGE = b"open the door"
ours, theirs = socket.socketpair()
resume, go_on = os.pipe()               # to choose the instant


def receive(sock: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += sock.recv(size - len(data))
        os.write(go_on, b".")           # only now comes the second piece
    return data


child = os.fork()
if child == 0:
    theirs.sendall(MESSAGE[:6])
    os.read(resume, 1)
    theirs.sendall(MESSAGE[6:])
    os._exit(0)

print("received:", receive(ours, len(MESSAGE)))
os.waitpid(child, 0)
