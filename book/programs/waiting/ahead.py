"""A fast sender, a slow receiver, and a queue of three places."""

import os

from ipclab import PosixQueue
from ipclab.kernel import wait_until_blocked

queue = PosixQueue(max_messages=3)
sender = os.fork()
if sender == 0:
    for n in range(20):
        queue.send(b"%d" % n)
    os._exit(0)

gaps = []
for n in range(17):
    wait_until_blocked(sender, "mq_timedsend")       # it can go no further
    gaps.append(queue.state())
    assert int(queue.receive()) == n
print("waiting in the queue, each time:", set(gaps))
print("and the rest:", [int(queue.receive()) for _ in range(3)])
os.waitpid(sender, 0)
