"""Every death of two processes that write a record, one at a time."""

from ipclab import Semaphore, SharedArray, System, process
from ipclab.explore import every_death


def system():
    mutex, record = Semaphore(1), SharedArray(2)

    def write(number):
        mutex.P()
        record[0] = number
        record[1] = number
        mutex.V()

    def whole(end):
        return record.view[0] == record.view[1] or "half a record"

    return System(process(write, 1, name="A"), process(write, 2, name="B"),
                  check_after_death=whole)


print(*every_death(system).deaths, sep="\n")
