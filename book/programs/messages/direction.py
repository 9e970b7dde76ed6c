"""Which way can data go? Try to send from both ends."""

import os
import socket


def tries(end, other):
    try:
        os.write(end, b"hello")
        return os.read(other, 5) == b"hello"
    except OSError:
        return False


r, w = os.pipe()
a, b = socket.socketpair()
half, listener = socket.socketpair()
half.shutdown(socket.SHUT_RD)

def both(one, other):
    return tries(one, other), tries(other, one)


print("pipe:        ", *both(w, r))
print("socket pair: ", *both(a.fileno(), b.fileno()))
print("shut one way:", *both(half.fileno(), listener.fileno()))
