"""One send of ten megabytes, by a process that does not wait."""

import socket

a, b = socket.socketpair()
a.setblocking(False)
data = bytes(10_000_000)
sent = a.send(data)
print("asked for all, taken:", f"{sent:,} bytes")
try:
    a.send(data[sent:])
except BlockingIOError:
    print("and the rest: it would have to wait")
