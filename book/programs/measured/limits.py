"""Fill one way after another with messages of one size, and count."""

import contextlib
import os
import socket

from ipclab import MessageQueue, Pipe, PosixQueue
from ipclab.errors import WouldBlock

PAGE = os.sysconf("SC_PAGE_SIZE")


def count(send, size: int) -> str:
    """How many messages go in before the sender would have to wait."""
    message, sent = bytes(size), 0
    with contextlib.suppress(WouldBlock, BlockingIOError):
        while True:
            taken = send(message)
            sent += size if taken is None else taken
    return f"{sent // size:6} messages of {size:4}, {sent:7,} bytes"


for size in 1, 100, PAGE, PAGE + 1:
    with Pipe() as pipe:
        print("pipe          ", count(pipe.writer.write_nowait, size))
for size in 1, PAGE:
    ends = socket.socketpair()
    ends[0].setblocking(False)
    print("UNIX socket   ", count(ends[0].send, size))
    room = ends[0].getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
for size in 1, 64, 8192:
    with MessageQueue() as queue:
        print("System V queue", count(queue.send_nowait, size))
for size in 1, 1024:
    with PosixQueue(max_messages=10, max_size=1024) as posix:
        print("POSIX queue   ", count(posix.send_nowait, size))
print("SO_SNDBUF:", room, "bytes")
