"""A client gives up on a reply. The reply comes all the same."""

import os
import socket

client, server = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
when, go = os.pipe()
if os.fork() == 0:
    first = server.recv(100)
    os.read(when, 1)                       # busy with something else
    server.send(b"reply to " + first)
    server.send(b"reply to " + server.recv(100))
    os._exit(0)


def call(request, timeout):
    client.settimeout(timeout)
    client.send(request)
    return client.recv(100)


try:
    call(b"A", timeout=0.05)
except TimeoutError:
    print("A: gave up")
os.write(go, b".")
print("B:", call(b"B", timeout=None).decode())
os.wait()
