"""A queue is removed while somebody waits for a message."""

import os

from ipclab import MessageQueue, PosixQueue
from ipclab.errors import Removed
from ipclab.kernel import wait_until_blocked

CALLS = ("msgrcv", "mq_timedreceive")


def wait_for(queue) -> None:
    try:
        print("  received", queue.receive())
    except Removed as error:
        print("  receive failed:", os.strerror(error.errno))


for queue in (MessageQueue(), PosixQueue()):
    print(queue.family, flush=True)
    child = os.fork()
    if child == 0:
        wait_for(queue)
        os._exit(0)
    wait_until_blocked(child, CALLS)
    queue.remove()
    if isinstance(queue, PosixQueue):
        wait_until_blocked(child, CALLS)
        print("  removed, and the child still waits", flush=True)
        queue.send("a late message")
    os.waitpid(child, 0)
