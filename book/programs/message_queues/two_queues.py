"""Requests in one queue, replies in another, four places in each."""

import os
import signal

from ipclab import MessageQueue
from ipclab.kernel import why_stuck


def client(n: int) -> None:
    for _ in range(n):
        requests.send(b"?")
    for _ in range(n):
        replies.receive()


def server(n: int) -> None:
    for _ in range(n):
        requests.receive()
        replies.send(b"!")


for n in range(8, 12):
    requests, replies = MessageQueue(max_bytes=4), MessageQueue(max_bytes=4)
    pids = []
    for action in (client, server):
        pid = os.fork()
        if pid == 0:
            action(n)
            os._exit(0)
        pids.append(pid)
    stuck = ended = 0
    while stuck + ended < 2:
        graph = why_stuck(pids)
        stuck = len(graph.deadlocked)
        ended = sum(process.ended for process in graph.processes)
    print(n, "requests:", "deadlock" if stuck else "done")
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
