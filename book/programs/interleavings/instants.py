"""A signal at every instant of two lines."""

import signal

from ipclab.explore import every_instant

n = 0


def arrange() -> None:
    global n
    n = 0
    signal.signal(signal.SIGUSR1, add_ten)


def add_ten(number: int, frame: object) -> None:
    global n
    n = n + 10


def plus_one(number: int) -> int:
    return number + 1


def main() -> None:
    global n
    new = plus_one(n)
    n = new


sweep = every_instant(arrange, main, lambda: n)
lost = sweep.failures(11)
print("instants:", len(sweep.outcomes), "lost:", len(lost))
print("lost where this CPython looks for signals:",
      sum(each.instant.reachable for each in lost))
