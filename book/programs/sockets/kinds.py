"""Three kinds of sockets, and what they keep of two messages."""

import socket

KINDS = (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET)


def pair(kind: socket.SocketKind) -> socket.socket:
    """A socket in which two messages wait."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, kind)
    ours.send(b"one")
    ours.send(b"two")
    return theirs


for kind in KINDS:
    print(f"{kind.name:15} recv(100): {pair(kind).recv(100)}")
for kind in KINDS:
    short = pair(kind)
    print(f"{kind.name:15} recv(2):   {short.recv(2)} {short.recv(2)}")
