"""The same, asked for the right thing."""

from ipclab import SharedInteger, System, process
from ipclab.explore import explore


def system():
    n = SharedInteger(0)

    def add_one():
        n.store(n.load() + 1)

    return System(process(add_one, name="A"), process(add_one, name="B"),
                  check=lambda end: n.view[0] == 2 or "one is lost")


verdict = explore(system)
print(f"{verdict.status}: {verdict.reason}")
