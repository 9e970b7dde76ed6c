"""A program with a race, tried 300 times."""

import os
from collections import Counter

from ipclab import SharedInteger

TIMES = 300
n = SharedInteger(0)


def add_one() -> None:
    old = n.load()
    n.store(old + 1)


def once() -> int:
    n.store(0)
    children = []
    for _ in range(2):
        child = os.fork()
        if child == 0:
            add_one()
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    return n.load()


results = Counter(once() for _ in range(TIMES))
print("right:", results[2], "wrong:", TIMES - results[2])
