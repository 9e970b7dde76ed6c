"""Take it if it is there: one step, and an answer."""

from ipclab import Semaphore, SharedInteger, System, errors, process
from ipclab.explore import explore


def take(items, count):
    try:
        items.P_nowait()
        count.store(count.load() - 1)
        return 1
    except errors.WouldBlock:
        return 0


def system():
    items, count = Semaphore(1), SharedInteger(1)
    return System(process(take, items, count, name="one"),
                  process(take, items, count, name="two"),
                  check=lambda end: sum(end.outcomes.values()) == 1)


print(explore(system))
