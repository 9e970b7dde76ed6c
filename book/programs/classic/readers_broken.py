"""Readers share, a writer excludes; the readers count themselves."""

from ipclab import Semaphore, SharedArray, SharedInteger, System, process
from ipclab.explore import explore


def system():
    readers, record = SharedInteger(0), SharedArray(2)
    room, count = Semaphore(1, label="room"), Semaphore(1, label="count")

    def read():
        readers.store(readers.load() + 1)
        if readers.load() == 1:                 # the first one in
            room.P()
        seen = record[0], record[1]
        readers.store(readers.load() - 1)
        if readers.load() == 0:                 # the last one out
            room.V()
        return seen

    def write():
        with room.held():
            record[0] = 7
            record[1] = 7

    return System(process(read, name="reader 1"),
                  process(read, name="reader 2"), process(write),
                  check=lambda end: all(
                      seen[0] == seen[1] for name, seen
                      in end.outcomes.items() if name != "write"))


verdict = explore(system)
print(f"{verdict.status}: {verdict.reason}")
