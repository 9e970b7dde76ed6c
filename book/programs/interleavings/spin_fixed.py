"""The reader waits in P until there is something to read."""

from ipclab import Semaphore, SharedInteger, System, process
from ipclab.explore import explore


def system():
    number, ready = SharedInteger(0), Semaphore(0)

    def writer():
        number.store(42)
        ready.V()

    def reader():
        ready.P()
        return number.load()

    return System(process(writer), process(reader),
                  check=lambda end: end.outcomes["reader"] == 42)


verdict = explore(system, longest=50)       # operations of one run
print(f"{verdict.status}: {verdict.reason}")
