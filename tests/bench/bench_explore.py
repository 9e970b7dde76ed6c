"""How long the explorer takes to prove and to refute, on real processes and kernel objects.

    python tests/bench/bench_explore.py

A bound is on the seconds on the clock, from the call of `explore_here` to its return: making the kernel objects, forking
the processes, all runs, and taking everything away are in it. The best of three tries counts, or of a second's, for
what else the machine does only adds to it; to tell that from slowness, the seconds of processor time, of the explorer
and its processes together, stand beside it. Then frontrun (from PyPI) does the same work on threads. Exit status 1 if a
bound is missed.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "explore"))

from systems import buffer, dining, lost_update, monitor, mutants, peterson, readers_and_writers  # noqa: E402

from ipclab.explore import System, Verdict, explore_here  # noqa: E402

TRIES, SECOND, PEER = 3, 1.0, "frontrun==0.7.0"
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
    while len(tries) < TRIES or sum(took[0] for took, _ in tries) < SECOND:
        with timed() as took:
            verdict = explore_here(system)
        tries.append((took, verdict))
    took, verdict = min(tries, key=lambda each: each[0][0])
    sizes = ", ".join(f"{n:,} {what}" for what, n in verdict.sizes.items())
    return line(verdict.status == expected and took[0] <= bound, took, f"{verdict.status} {name}: {sizes}", bound)


def all_edits() -> bool:
    """Every edit of one place: 69, of which two are no faults."""
    edits = mutants()
    right = {name: edits.pop(name)
             for name in ("producer: swap V:mutex and V:full", "consumer: swap V:mutex and V:empty")}
    with timed() as took:
        refuted = sum(any(explore_here(buffer(capacity, **edit), shortest=False).refuted for capacity in (1, 2))
                      for edit in edits.values())
    all_refuted = line(refuted == len(edits), took,
                       f"{refuted} of {len(edits)} wrong edits of the bounded buffer REFUTED, at capacity 1 or 2")
    with timed() as took:
        proved = sum(all(explore_here(buffer(capacity, **edit)).proved for capacity in (1, 2))
                     for edit in right.values())
    return line(proved == len(right), took, f"{proved} of {len(right)} edits that are no faults PROVED, at both") \
        and all_refuted


def honest() -> bool:
    """Those that wait in a loop, or are too large for the time: no verdict is the right one."""
    return all([_honest("Peterson's lock, which waits in a loop", peterson(), seconds=5, longest=40),
                _honest("a monitor of semaphores, 2 x 2 items, 2 x 2 taken", monitor(again=True, items=2), seconds=5)])


def _honest(name: str, system: Callable[[], System], **limits: float) -> bool:
    with timed() as took:
        verdict = explore_here(system, **limits)
    return line(not verdict.refuted, took, f"{verdict.status} {name}: {verdict.reason}")


def peer() -> None:
    """frontrun does the same on threads, in an environment of its own, which is made once and kept."""
    try:
        commands = peer_commands()
    except (OSError, subprocess.SubprocessError) as error:
        print(f"     frontrun is not here to compare with, and could not be installed: {error}")
        return
    for capacity, seconds in ((1, 40), (2, 20)):
        start = time.perf_counter()
        done = subprocess.run([*commands, Path(__file__).with_name("peer_frontrun.py"), str(capacity), str(seconds)],
                              capture_output=True, text=True)
        said = done.stdout.strip() or done.stderr.strip()[-300:]
        print(f"     {time.perf_counter() - start:8.3f} s  frontrun on threads, capacity {capacity}: {said}", flush=True)


def peer_commands() -> list[Path]:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ipclab"
    programs = cache / f"{PEER}-{sys.version_info.major}.{sys.version_info.minor}" / "bin"
    if not (programs / "frontrun").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", programs.parent], check=True, capture_output=True)
        subprocess.run([programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PEER],
                       check=True, capture_output=True)
    return [programs / "frontrun", programs / "python"]


if __name__ == "__main__":
    held = [cases(), all_edits(), honest()]
    peer()
    sys.exit(not all(held))
