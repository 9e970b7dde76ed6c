"""A client takes each reply before it sends the next request."""

import os

from ipclab import MessageQueue

REQUEST, REPLY, N = 1, 2, 10
queue = MessageQueue(max_bytes=4)       # room for four messages of a byte


def client() -> None:
    for _ in range(N):
        queue.send(b"?", type=REQUEST)
        queue.receive(type=REPLY)


def server() -> None:
    for _ in range(N):
        queue.receive(type=REQUEST)
        queue.send(b"!", type=REPLY)


pids = {}
for action in (client, server):
    pid = os.fork()
    if pid == 0:
        action()
        os._exit(0)
    pids[pid] = action.__name__
for pid, name in pids.items():
    os.waitpid(pid, 0)
    print(name, "is done")
