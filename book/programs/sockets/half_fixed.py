"""The client closes one direction, and waits for the answer."""

import os
import socket

ours, theirs = socket.socketpair()


def server() -> None:
    ours.close()
    words = b""
    while data := theirs.recv(100):     # until the end
        words += data
    theirs.sendall(b" ".join(sorted(words.split())))


def client() -> None:
    theirs.close()
    ours.sendall(b"pear fig apple")
    ours.shutdown(socket.SHUT_WR)
    print("the client gets", ours.recv(100))


children = {}
for role in (client, server):
    if (child := os.fork()) == 0:
        role()
        os._exit(0)
    children[child] = role.__name__
ours.close(), theirs.close()
for child in children:
    os.waitpid(child, 0)
