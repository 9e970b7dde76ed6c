"""The reader looks again and again until there is something to read."""

from ipclab import SharedInteger, System, process
from ipclab.explore import explore


def system():
    number, ready = SharedInteger(0), SharedInteger(0)

    def writer():
        number.store(42)
        ready.store(1)

    def reader():
        while not ready.load():
            pass
        return number.load()

    return System(process(writer), process(reader),
                  check=lambda end: end.outcomes["reader"] == 42)


verdict = explore(system, longest=50)       # operations of one run
print(f"{verdict.status}: {verdict.reason}")
