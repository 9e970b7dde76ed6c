"""Say "it is there" when it is there."""

from ipclab import Semaphore, SharedInteger, System, process
from ipclab.explore import explore


def send(slot, full):
    slot.store(7)
    full.V()


def receive(slot, full):
    full.P()
    return slot.load()


def system():
    slot, full = SharedInteger(0), Semaphore(0)
    return System(process(send, slot, full), process(receive, slot, full),
                  check=lambda end: end.outcomes["receive"] == 7)


print(explore(system))
