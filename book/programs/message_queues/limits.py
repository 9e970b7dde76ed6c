"""Fill a queue with messages of one size. How many go in?"""

import os

from ipclab import MessageQueue, PosixQueue
from ipclab.errors import TooBig, WouldBlock
from ipclab.kernel import limit


def fill(queue, size: int) -> int:
    count = 0
    try:
        while True:
            queue.send_nowait(bytes(size))
            count += 1
    except WouldBlock:
        return count


LARGEST = limit("kernel.msgmax")
for size in (1, 64, LARGEST):
    with MessageQueue() as queue:
        count = fill(queue, size)
        print(f"System V: {count} of {size} bytes, {queue.bytes} in all")

for size in (1, 64, 1024):
    with PosixQueue(max_messages=10, max_size=1024) as queue:
        print(f"POSIX:    {fill(queue, size)} of {size} bytes")

with MessageQueue() as queue:
    try:
        queue.send(bytes(LARGEST + 1))
    except TooBig as error:
        print(f"System V: {LARGEST + 1} bytes: {os.strerror(error.errno)}")
