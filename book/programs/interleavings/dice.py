"""Processes that do not do the same each time."""

import random

from ipclab import SharedInteger, System, process
from ipclab.explore import explore


def system():
    n = SharedInteger(0)

    def add_some():
        n.store(n.load() + random.randrange(10**9))

    return System(process(add_some, name="A"), process(add_some, name="B"))


verdict = explore(system)
print(f"{verdict.status}: {verdict.reason}")
