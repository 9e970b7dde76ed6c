"""Two processes share a list, or so their author thought."""

from ipclab import Semaphore, System, process
from ipclab.explore import explore


def system():
    numbers = [0]                           # a copy for each process
    done = [Semaphore(0), Semaphore(0)]

    def add_one(me):
        numbers[0] = numbers[0] + 1
        done[me].V()

    return System(process(add_one, 0, name="A"),
                  process(add_one, 1, name="B"))


verdict = explore(system)
print(f"{verdict.status}: {verdict.reason}")
