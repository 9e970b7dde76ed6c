"""A client sends all its requests before it takes the first reply."""

import os
import signal

from ipclab import MessageQueue
from ipclab.kernel import why_stuck

REQUEST, REPLY, N = 1, 2, 10
queue = MessageQueue(max_bytes=4)       # room for four messages of a byte


def client() -> None:
    for _ in range(N):
        queue.send(b"?", type=REQUEST)
    for _ in range(N):
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
while len(why_stuck(pids).deadlocked) < len(pids):
    pass
for pid, name in pids.items():
    print(name, "can never go on")
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
