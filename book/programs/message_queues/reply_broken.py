"""Two clients of one server, and one type for all replies."""

import os

from ipclab import MessageQueue, Semaphore
from ipclab.kernel import wait_until_blocked

REQUEST, REPLY = 1, 2
queue, ann_may_wait = MessageQueue(), Semaphore(0)


def client(name: str) -> None:
    queue.send(name, type=REQUEST)
    if name == "ann":
        ann_may_wait.P()                # she is slow
    reply = queue.receive(type=REPLY)
    print(f"{name} got:", reply.decode(), flush=True)


pids = {}
for name in ("ann", "bob"):
    pid = os.fork()
    if pid == 0:
        client(name)
        os._exit(0)
    pids[name] = pid
    while queue.waiting < len(pids):    # ann asks first
        os.sched_yield()

wait_until_blocked(pids["bob"], "msgrcv")
for _ in pids:
    name = queue.receive(type=REQUEST).decode()
    queue.send(f"hello {name}", type=REPLY)
os.waitpid(pids["bob"], 0)
ann_may_wait.V()
os.waitpid(pids["ann"], 0)
