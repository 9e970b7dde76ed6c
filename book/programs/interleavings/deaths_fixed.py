"""The same with undo, a spare copy, and one store that makes it valid."""

from ipclab import Semaphore, SharedArray, SharedInteger, System, process
from ipclab.explore import every_death


def system():
    mutex, record = Semaphore(1, undo=True), SharedArray(4)
    valid = SharedInteger(0)                # which half of it

    def write(number):
        mutex.P()
        spare = 2 - valid.load()
        record[spare] = number
        record[spare + 1] = number
        valid.store(spare)
        mutex.V()

    def whole(end):
        at = valid.view[0]
        return record.view[at] == record.view[at + 1] or "half a record"

    return System(process(write, 1, name="A"), process(write, 2, name="B"),
                  check_after_death=whole)


print(*every_death(system).deaths, sep="\n")
