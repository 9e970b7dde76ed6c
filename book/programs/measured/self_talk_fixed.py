"""A benchmark of a pair of sockets, in which the other process answers."""

import os
import resource
import socket

TRIPS, SIZE = 2000, 64
os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
a, b = socket.socketpair()


def exchange() -> None:
    for _ in range(TRIPS):
        a.send(bytes(SIZE))
        a.recv(SIZE)


if os.fork() == 0:
    for _ in range(TRIPS):
        b.send(b.recv(SIZE))
    os._exit(0)
exchange()
os.wait()
used = [resource.getrusage(who) for who in (
    resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
switches = sum(u.ru_nvcsw + u.ru_nivcsw for u in used)
print(f"{TRIPS} round trips, {switches / TRIPS:.1f} switches for each")
