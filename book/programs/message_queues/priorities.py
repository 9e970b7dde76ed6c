"""POSIX: the highest priority first, and the oldest among equals."""

from ipclab import PosixQueue

with PosixQueue() as queue:
    queue.send("low", priority=1)
    queue.send("high", priority=9)
    queue.send("middle", priority=5)
    queue.send("high, but later", priority=9)
    while queue.waiting:
        message, priority = queue.receive_with_priority()
        print(priority, message.decode())
