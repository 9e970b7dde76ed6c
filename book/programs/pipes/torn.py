"""Two writers, one pipe: how many records arrive in pieces?"""

import os
from collections import Counter
from itertools import groupby

from ipclab import Pipe
from ipclab.kernel import wait_until_blocked
from ipclab.mechanisms.pipes import ATOMIC     # PIPE_BUF

EACH = 100                           # records of each writer


def writer(pipe: Pipe, first: int, size: int) -> int:
    child = os.fork()
    if child == 0:
        for number in range(first, first + EACH):
            pipe.writer.write(bytes([number]) * size)
        os._exit(0)
    return child


def torn(size: int, capacity: int) -> int:
    pipe = Pipe(capacity=capacity)
    children = [writer(pipe, first, size) for first in (0, EACH)]
    pipe.writer.close()
    for child in children:           # both are in the middle of it
        wait_until_blocked(child, "write")
    stream = pipe.reader.read_all()  # a record is a run of one number
    for child in children:
        os.waitpid(child, 0)
    pieces = Counter(number for number, _ in groupby(stream))
    return sum(count > 1 for count in pieces.values())


for name, capacity in (("one page", 1), ("usual size", 65536)):
    for size in (ATOMIC // 2, ATOMIC, ATOMIC + 1):
        print(f"pipe of {name}, records of {size} bytes:",
              torn(size, capacity), "of", 2 * EACH, "torn")
