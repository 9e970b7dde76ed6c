"""A message longer than the slot goes in pieces, and the header says so."""

import os
import socket
import struct

MORE, SLOT = 1, 8
a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def send(s, message):
    starts = range(0, len(message), SLOT) or [0]
    pieces = [message[i:i + SLOT] for i in starts]
    for i, piece in enumerate(pieces):
        s.send(struct.pack("=B", MORE if i + 1 < len(pieces) else 0) + piece)


def receive(s):
    message, flags = b"", MORE
    while flags & MORE:
        packet = s.recv(1 + SLOT)
        flags, message = packet[0], message + packet[1:]
    return message


if os.fork() == 0:
    for message in [b"", b"short", b"exactly!", b"longer than one slot"]:
        send(a, message)
    os._exit(0)

print([receive(b).decode() for _ in range(4)])
os.wait()
