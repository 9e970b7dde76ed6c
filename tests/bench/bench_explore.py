"""How long the explorer takes to prove and to refute, on real processes and kernel objects.

    python tests/bench/bench_explore.py

Prints, for each case, the seconds on the clock and the seconds of processor time, of the explorer and its processes
together. All of it runs on one processor, so on a quiet machine the two are much the same; the bound is on the latter,
and the best of three counts, for whatever else the machine does only adds to it. Beside it, frontrun (from PyPI) does
the same work on threads, if it is installed. Exit status 1 if a bound is missed.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "explore"))

from systems import buffer, dining, lost_update, mutants, peterson, readers_and_writers  # noqa: E402

from ipclab.explore import System, Verdict, explore_here  # noqa: E402

TRIES, PEER_SECONDS = 3, 20
CASES: list[tuple[str, Callable[[], System], str, float]] = [
    ("bounded buffer, 2 x 2 items, 2 consumers, capacity 1", buffer(1), "PROVED", 0.1),
    ("bounded buffer, 2 x 2 items, 2 consumers, capacity 2", buffer(2), "PROVED", 2.0),
    ("five dining philosophers, all right-handed", dining(5), "REFUTED", 1.0),
    ("five dining philosophers, one left-handed", dining(5, left_handed=True), "PROVED", 1.0),
    ("two readers, one writer", readers_and_writers(), "PROVED", 1.0),
    ("two readers, one writer, count unguarded", readers_and_writers(guarded=False), "REFUTED", 1.0),
    ("lost update", lost_update(), "REFUTED", 1.0),
]


@contextmanager
def timed() -> Iterator[list[float]]:
    """[seconds on the clock, seconds of processor time] once the block is left."""
    took: list[float] = []
    start, worked = time.perf_counter(), _worked()
    yield took
    took += [time.perf_counter() - start, _worked() - worked]


def _worked() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def line(good: bool, took: list[float], text: str, bound: float | None = None) -> bool:
    limit = f"(bound {bound:g})" if bound else ""
    print(f"{'ok  ' if good else 'MISS'} {took[0]:8.3f} s, processor {took[1]:7.3f} s {limit:12} {text}", flush=True)
    return good


def cases() -> bool:
    return all([case(*each) for each in CASES])


def case(name: str, system: Callable[[], System], expected: str, bound: float) -> bool:
    tries: list[tuple[list[float], Verdict]] = []
    for _ in range(TRIES):
        with timed() as took:
            verdict = explore_here(system)
        tries.append((took, verdict))
    took, verdict = min(tries, key=lambda each: each[0][1])
    sizes = ", ".join(f"{n:,} {what}" for what, n in verdict.sizes.items())
    return line(verdict.status == expected and took[1] <= bound, took, f"{verdict.status} {name}: {sizes}", bound)


def all_mutants() -> bool:
    edits = mutants()
    with timed() as took:
        refuted = sum(any(explore_here(buffer(capacity, **edit), shortest=False).refuted for capacity in (1, 2))
                      for edit in edits.values())
    return line(refuted == len(edits) - 2, took,
                f"{refuted} of {len(edits)} edits of the bounded buffer refuted at capacity 1 or 2; two are no faults")


def honest() -> bool:
    with timed() as took:
        verdict = explore_here(peterson(), seconds=5, longest=40)
    return line(verdict.status == "NOT FINISHED", took, f"{verdict.status} Peterson's lock, which waits in a loop")


class ThreadedBuffer:
    """The same bounded buffer for threads: 2 producers of 2 items, 2 consumers, capacity 2."""

    def __init__(self) -> None:
        self.empty, self.full, self.mutex = threading.Semaphore(2), threading.Semaphore(0), threading.Semaphore(1)
        self.ring, self.at, self.got = [0, 0], [0, 0], []

    def produce(self) -> None:
        for item in (1, 2):
            self.empty.acquire()
            with self.mutex:
                self.ring[self.at[0]] = item
                self.at[0] = (self.at[0] + 1) % 2
            self.full.release()

    def consume(self) -> None:
        for _ in range(2):
            self.full.acquire()
            with self.mutex:
                self.got.append(self.ring[self.at[1]])
                self.at[1] = (self.at[1] + 1) % 2
            self.empty.release()


def peer() -> None:
    """frontrun patches the interpreter from outside, so it gets a process of its own."""
    command = shutil.which("frontrun", path=str(Path(sys.executable).parent))
    if command is None:
        print("     frontrun is not here; with `pip install frontrun` it does the same work, on threads")
        return
    with timed() as took:
        done = subprocess.run([command, sys.executable, __file__, "--peer"], capture_output=True, text=True)
    print(f"     {took[0]:8.3f} s, processor {took[1]:7.3f} s              frontrun, threads, capacity 2: "
          f"{done.stdout.strip() or done.stderr.strip()[-300:]}")


def as_peer() -> None:
    import frontrun
    found = frontrun.explore(setup=ThreadedBuffer, workers=[ThreadedBuffer.produce] * 2 + [ThreadedBuffer.consume] * 2,
                             invariant=lambda end: sorted(end.got) == [1, 1, 2, 2], preemption_bound=None,
                             total_timeout=PEER_SECONDS, detect_io=False)
    print(f"{found.num_explored:,} runs in {PEER_SECONDS} s at most; it says holds={found.property_holds}, "
          f"exhausted={found.exhausted}")


if __name__ == "__main__":
    if sys.argv[1:] == ["--peer"]:
        as_peer()
        sys.exit()
    held = [cases(), all_mutants(), honest()]
    peer()
    sys.exit(not all(held))
