"""An update can be lost, and a proof all the same."""

from ipclab import SharedInteger, System, process
from ipclab.explore import explore


def system():
    n = SharedInteger(0)

    def add_one():
        n.store(n.load() + 1)

    return System(process(add_one, name="A"), process(add_one, name="B"))


verdict = explore(system)
print(f"{verdict.status}: {verdict.reason}")
