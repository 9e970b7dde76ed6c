"""Datagrams need no connection, and nobody need be there."""

import socket


def socket_at_any_port() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    return sock


a, b = socket_at_any_port(), socket_at_any_port()
a.sendto(b"hello", b.getsockname())
data, sender = b.recvfrom(100)
print(data, "comes from a:", sender == a.getsockname())

nowhere = b.getsockname()
b.close()
print("sent to nobody by UDP:", a.sendto(b"hello?", nowhere), "bytes")
try:
    a.sendto(bytes(70_000), nowhere)
except OSError as error:
    print("sent as one datagram, 70,000 bytes:", error.strerror)

unix = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
gone = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
gone.bind("")
name = gone.getsockname()
gone.close()
try:
    unix.sendto(b"hello?", name)
except ConnectionRefusedError as error:
    print("sent to nobody on UNIX:", error.strerror)
