"""How long the explorer takes to prove and to refute, on real processes and kernel objects.

    python tests/bench/bench_explore.py

Prints each time beside its bound, and beside frontrun (from PyPI, on threads) where that is installed: how far it came
with the same work in the same time. Exit status 1 if a bound is missed. Each is the best of three, for everything else
that the machine does only adds to it.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "explore"))

from systems import buffer, dining, lost_update, mutants, peterson, readers_and_writers  # noqa: E402

from ipclab.explore.explorer import explore_here  # noqa: E402

TRIES = 3
CASES = [
    ("bounded buffer, 2 × 2 items, 2 consumers, capacity 1", buffer(1), "PROVED", 0.1),
    ("bounded buffer, 2 × 2 items, 2 consumers, capacity 2", buffer(2), "PROVED", 2.0),
    ("five dining philosophers, all right-handed", dining(5), "REFUTED", 1.0),
    ("five dining philosophers, one left-handed", dining(5, left_handed=True), "PROVED", 1.0),
    ("two readers, one writer", readers_and_writers(), "PROVED", 1.0),
    ("two readers, one writer, unguarded count", readers_and_writers(guarded=False), "REFUTED", 1.0),
    ("lost update", lost_update(), "REFUTED", 1.0),
]


def best_of(tries: int, work: Callable[[], object]) -> tuple[float, object]:
    times = []
    for _ in range(tries):
        start = time.perf_counter()
        answer = work()
        times.append(time.perf_counter() - start)
    return min(times), answer


def cases() -> bool:
    good = True
    for name, system, expected, bound in CASES:
        took, verdict = best_of(TRIES, lambda system=system: explore_here(system))
        right = verdict.status == expected and took <= bound
        good &= right
        sizes = ", ".join(f"{n:,} {what}" for what, n in verdict.sizes.items())
        print(f"{'ok  ' if right else 'MISS'} {took:7.3f} s (bound {bound:g} s)  {verdict.status:8} {name}: {sizes}")
    return good


def all_mutants() -> bool:
    """Every wrong edit of the bounded buffer is refuted at capacity 1 or 2."""
    edits = mutants()
    start = time.perf_counter()
    killed = sum(any(explore_here(buffer(capacity, **edit), shortest=False).refuted for capacity in (1, 2))
                 for edit in edits.values())
    print(f"{'ok  ' if killed == len(edits) - 2 else 'MISS'} {time.perf_counter() - start:7.3f} s  {killed} of "
          f"{len(edits)} edits of the bounded buffer refuted; 2 are equivalent to it")
    return killed == len(edits) - 2


def honest() -> None:
    start = time.perf_counter()
    verdict = explore_here(peterson(), seconds=5, longest=40)
    print(f"     {time.perf_counter() - start:7.3f} s  {verdict.status}: Peterson's lock, which waits in a loop")


def peer() -> None:
    """The same buffer at capacity 2, on threads, in as many seconds as our bound allows."""
    if importlib.util.find_spec("frontrun") is None:
        print("     frontrun is not installed: `pip install frontrun` shows how far it comes in the same time")
        return
    from peers import frontrun_buffer
    runs, done, took = frontrun_buffer(seconds=20)
    print(f"     {took:7.3f} s  frontrun, threads, capacity 2: {runs:,} runs, {'complete' if done else 'not complete'}")


if __name__ == "__main__":
    held = [cases(), all_mutants()]
    honest()
    peer()
    sys.exit(not all(held))
