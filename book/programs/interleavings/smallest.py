"""Two processes add one three times each: how small can the sum be?"""

from ipclab import SharedInteger, System, process
from ipclab.explore import explore


def never_below(least):
    def system():
        n = SharedInteger(0)

        def add_three():
            for _ in range(3):
                n.store(n.load() + 1)

        return System(process(add_three, name="A"),
                      process(add_three, name="B"),
                      check=lambda end: n.view[0] >= least)
    return system


for least in (2, 3):
    verdict = explore(never_below(least))
    print(f"never below {least}: {verdict.status}", *verdict.schedule)
