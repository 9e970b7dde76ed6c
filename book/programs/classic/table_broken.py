"""Five philosophers, five forks; each takes the left one first."""

from ipclab import Semaphore, System, process
from ipclab.explore import explore

N = 5


def system():
    forks = [Semaphore(1, label=f"fork {i}") for i in range(N)]

    def dine(me):
        first, second = me, (me + 1) % N
        forks[first].P()
        forks[second].P()
        forks[second].V()
        forks[first].V()

    return System(*(process(dine, i, name=f"{i}") for i in range(N)))


verdict = explore(system)
print(f"{verdict.status}: {verdict.reason}")
print("schedule:", *verdict.schedule, " runs:", verdict.sizes["runs"])
