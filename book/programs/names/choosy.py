"""receive(Q, m): from Q and from nobody else."""

import os
import socket


def box(name):
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    s.bind(f"\0{name}-{os.getpid()}")
    return s


me, Q, other = box("me"), box("Q"), box("other")
other.sendto(b"before", me.getsockname())
print("from anybody:", me.recv(100).decode())

me.connect(Q.getsockname())                # from now on Q only
Q.sendto(b"hello", me.getsockname())
print("from Q:", me.recv(100).decode())
try:
    other.sendto(b"after", me.getsockname())
except PermissionError as error:
    print("from another:", error.strerror)
