"""The peer of bench_explore.py: frontrun explores the same bounded buffer, on threads. It runs in an environment of its
own, under frontrun's own command, which patches the interpreter from outside:

    frontrun python tests/bench/peer_frontrun.py CAPACITY SECONDS
"""

import sys
import threading

import frontrun

CAPACITY, SECONDS = map(int, sys.argv[1:])


class Buffer:
    """2 producers of 2 items, 2 consumers."""

    def __init__(self) -> None:
        self.empty, self.full, self.mutex = threading.Semaphore(CAPACITY), threading.Semaphore(0), threading.Semaphore(1)
        self.ring, self.at, self.got = [0] * CAPACITY, [0, 0], []

    def produce(self) -> None:
        for item in (1, 2):
            self.empty.acquire()
            with self.mutex:
                self.ring[self.at[0]] = item
                self.at[0] = (self.at[0] + 1) % CAPACITY
            self.full.release()

    def consume(self) -> None:
        for _ in range(2):
            self.full.acquire()
            with self.mutex:
                self.got.append(self.ring[self.at[1]])
                self.at[1] = (self.at[1] + 1) % CAPACITY
            self.empty.release()


found = frontrun.explore(setup=Buffer, workers=[Buffer.produce] * 2 + [Buffer.consume] * 2,
                         invariant=lambda end: sorted(end.got) == [1, 1, 2, 2], preemption_bound=None,
                         total_timeout=SECONDS, detect_io=False)
print(f"{found.num_explored:,} runs in {SECONDS} s at most; it says holds={found.property_holds}, "
      f"exhausted={found.exhausted}")
