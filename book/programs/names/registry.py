"""A name service: ask for a name, and get a connection."""

import os
import signal
import socket

servers = []


def server(work):
    """A process that answers on one end of a pair. Returns the other end."""
    way, own = socket.socketpair()
    servers.append(os.fork())
    if servers[-1] == 0:
        while request := own.recv(100):
            own.send(work(request))
    return way


def registry(asked):
    offers = {b"upper": server(bytes.upper), b"title": server(bytes.title)}
    while name := asked.recv(100):
        way = [offers[name].fileno()] if name in offers else []
        socket.send_fds(asked, [b"!"], way)
    for pid in servers:
        os.kill(pid, signal.SIGKILL)


client, service = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
if os.fork() == 0:
    client.close()
    registry(service)
    os._exit(0)
for name in (b"upper", b"title", b"magic"):
    client.send(name)
    if way := socket.recv_fds(client, 1, 1)[1]:
        os.write(way[0], b"a message")
        print(f"{name.decode()}: {os.read(way[0], 100).decode()}")
    else:
        print(f"{name.decode()}: nobody offers it")
