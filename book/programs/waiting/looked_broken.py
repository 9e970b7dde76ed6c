"""Look whether something is there, and take it if so: two steps."""

from ipclab import Semaphore, SharedInteger, System, process
from ipclab.explore import explore


def take(items, count):
    if count.load() > 0:
        items.P()
        count.store(count.load() - 1)
        return 1
    return 0


def system():
    items, count = Semaphore(1), SharedInteger(1)
    return System(process(take, items, count, name="one"),
                  process(take, items, count, name="two"),
                  check=lambda end: sum(end.outcomes.values()) == 1)


print(explore(system))
