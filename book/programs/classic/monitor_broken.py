"""A buffer of one place. Who waited goes on when woken: `if`."""

from ipclab import Semaphore, SharedArray, SharedInteger, System, process
from ipclab.explore import explore


def system():
    ROOM, ITEM = 0, 1
    mutex = Semaphore(1, label="mutex")
    wake = [Semaphore(0, label="room"), Semaphore(0, label="item")]
    waiting, count = SharedArray(2), SharedInteger(0, label="count")

    def wait_for(what):                         # gives the mutex back, too
        waiting[what] += 1
        mutex.V()
        wake[what].P()
        mutex.P()

    def tell(what):
        if waiting[what]:
            waiting[what] -= 1
            wake[what].V()

    def change(by, full, needs, gives):
        with mutex.held():
            if count.load() == full:
                wait_for(needs)
            count.store(count.load() + by)
            tell(gives)
            return count.load()

    return System(process(change, 1, 1, ROOM, ITEM, name="put"),
                  process(change, -1, 0, ITEM, ROOM, name="get 1"),
                  process(change, -1, 0, ITEM, ROOM, name="get 2"),
                  check=lambda end: -1 not in end.outcomes.values() or "-1",
                  may_stick=True)               # one item, and two want it


verdict = explore(system)
print(f"{verdict.status}: {verdict.reason}")
