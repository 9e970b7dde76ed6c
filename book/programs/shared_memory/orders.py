"""All orders in which two processes can do load, store, load, store."""

import os
from itertools import permutations

from ipclab import Semaphore, SharedInteger

balance = SharedInteger()
turn = {name: Semaphore(0) for name in "AB"}    # it may do one more step
done = Semaphore(0)                             # it has done it


def deposit(name: str, amount: int) -> None:
    turn[name].P()
    old = balance.load()
    done.V()
    turn[name].P()
    balance.store(old + amount)
    done.V()


def outcome(order: str) -> int:
    balance.store(100)
    for name, amount in (("A", 50), ("B", 1)):
        if os.fork() == 0:
            deposit(name, amount)
            os._exit(0)
    for name in order:
        turn[name].V()
        done.P()
    os.wait(), os.wait()
    return balance.load()


for order in sorted({"".join(p) for p in permutations("AABB")}):
    print(order, outcome(order))
