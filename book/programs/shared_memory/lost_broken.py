"""Two processes add to one balance, one in the middle of the other."""

import os
from contextlib import suppress

from ipclab import Semaphore, SharedInteger
from ipclab.errors import NotFound
from ipclab.kernel import wait_until_blocked

balance = SharedInteger(100)
loaded, go_on = Semaphore(0), Semaphore(0)      # to choose the instant


def deposit(amount: int, slowly: bool = False) -> None:
    old = balance.load()
    if slowly:
        loaded.V()
        go_on.P()                               # here the other comes in
    balance.store(old + amount)


def teller(amount: int, slowly: bool = False) -> int:
    child = os.fork()
    if child == 0:
        deposit(amount, slowly)
        os._exit(0)
    return child


first = teller(50, slowly=True)
loaded.P()
second = teller(1)
with suppress(NotFound):                        # until it has ended or waits
    wait_until_blocked(second, ("semop", "semtimedop"))
go_on.V()
for child in (first, second):
    os.waitpid(child, 0)
print("100 + 50 + 1 =", balance.load())
