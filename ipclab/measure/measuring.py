"""One run: every setting in random order, several rounds of all, and the results put together."""

from __future__ import annotations

import contextlib
import os
import random
from array import array
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from statistics import median
from typing import Any

from .. import errors
from ..errors import NotInstalled, RunError
from . import syscalls, twin
from .asker import Bench
from .machine import CROSS, SAME, described
from .pace import Pace, Progress
from .plan import Notes, Some, planned
from .results import Latency, Machine, Measurement, Throughput
from .trial import LATENCY, THROUGHPUT, Setting
from .ways import TWINS, WAYS

__all__ = ["LONG", "QUICK", "latency", "measure", "throughput"]

# What a step takes, in seconds, where this was written: only a first guess.
COUNT = .1                           # all of it; strace makes each call dear
TRIAL, BURSTS = .015, 1.35           # beside the burst that counts: two forks; the bursts before it, a part of its time

# What `ipclab measure` gives to `measure`.
QUICK: dict[str, Any] = {"sizes": (64,), "throughput_sizes": (64, 65_536), "rounds": 3, "seconds": .01}
LONG: dict[str, Any] = {"sizes": (64, 1024, 4096), "throughput_sizes": (64, 1024, 4096, 16_384, 65_536, 262_144, 2**20),
                        "rounds": 7, "seconds": .03}


def measure(ways: Some[str] | None = None, sizes: Some[int] = (64,), placements: Some[str] | None = None,
            rounds: int = 3, progress: Progress | None = None, *, throughput_sizes: Some[int] | None = None,
            twins: Some[str] | None = None, what: Some[str] | None = None,
            depths: Some[int | None] = (None,), seconds: float = .02, count: bool = True,
            seed: int | None = None, keep: Callable[[Measurement], object] | None = None) -> Measurement:
    """Latency and throughput of `ways` (None: all) on this machine, in one run of several `rounds`.

    In each round every setting is tried once, in an order drawn anew from `seed`, by two fresh processes, for about
    `seconds`. `sizes` are bytes of payload, for both unless `throughput_sizes` says otherwise. `placements` are "same"
    and "cross", `twins` "python", "ipclab" and "c", `what` "latency" and "throughput"; None: all. `depths`: how many
    messages may be under way where one chooses (rings and semaphores); None: 64, fewer of large ones. Of each of these
    one may be given without a list. `count`: first count system calls, too, by strace where there is one.

    Two calls may follow the run, both between two trials, never during one: `progress(done, of, what comes next,
    seconds left)`, which the first time says how long all will take about, and `keep(found)` after each round, with
    what would be the result if the run ended there.

    What this machine does not offer (a second processor, a compiler, strace, a mechanism) is left out and said in the
    result's `notes`. Raises Misuse for a way, size or number that cannot be meant, RunError if a message arrived wrong,
    a side died or did not finish in time. Whatever happens, no process and no kernel object is left.
    """
    _positive("rounds", rounds, int), _positive("seconds", seconds, int | float)
    seed = random.SystemRandom().randrange(2**31) if seed is None else seed
    notes = Notes()
    settings = planned(ways, twins, what, placements, sizes,
                       sizes if throughput_sizes is None else throughput_sizes, depths, seconds, notes)
    watched = settings if count and _strace(notes) else []
    pace = Pace(progress, count=(len(watched), COUNT), trial=(len(settings) * rounds, TRIAL + BURSTS * seconds))
    run = _Run(described(twin.compiler()), seed, rounds, notes, _counted(watched, pace, notes))
    with Bench() if settings else contextlib.nullcontext() as bench:
        for _ in range(rounds):
            run.round(settings, bench, pace)
            if keep:
                keep(run.found())
    pace.end()
    return run.found()


def latency(way: str, twin: str = "python", size: int = 64, placement: str = SAME, **more: Any) -> Latency:
    """One latency: `measure` with one setting, and `more` of its parameters.

    Raises NotInstalled, saying why, if this machine does not offer it.
    """
    return _only(measure([way], [size], [placement], twins=[twin], what=[LATENCY], **more), LATENCY, way)


def throughput(way: str, twin: str = "python", size: int = 64, placement: str = CROSS, depth: int | None = None,
               **more: Any) -> Throughput:
    """One throughput, as `latency`. `depth`: messages under way, where one chooses."""
    return _only(measure([way], [size], [placement], twins=[twin], what=[THROUGHPUT], depths=[depth], **more),
                 THROUGHPUT, way)


def _only(measurement: Measurement, what: str, way: str) -> Any:
    found = getattr(measurement, what)
    if not found:
        raise NotInstalled(" ".join(measurement.notes) or f"The {what} of {way} is not measured so: see WAYS in "
                           "ipclab.measure.ways for what is.")
    return found[0]


def _positive(name: str, given: Any, kind: Any) -> None:
    if not isinstance(given, kind) or isinstance(given, bool) or not 0 < given < 1e6:
        raise errors.Misuse("measure", f"{name} {given!r}", hint="Give a number above zero.")


# --- the trials ---

class _Run:
    """The rounds of one run, and what they have found so far."""

    def __init__(self, machine: Machine, seed: int, asked: int, notes: Notes, counts: dict[Setting, float]):
        self.machine, self.seed, self.asked, self.notes, self.counts = machine, seed, asked, notes, counts
        self.order = random.Random(seed)
        self.rounds = 0
        self.trials: dict[Setting, list[dict]] = defaultdict(list)

    def round(self, settings: list[Setting], bench: Bench, pace: Pace) -> None:
        for setting in self.order.sample(settings, len(settings)):
            pace.step("trial", _name(setting))
            self._add(setting, _sound(setting, bench.tried(setting)))
        self.rounds += 1

    def _add(self, setting: Setting, trial: dict) -> None:
        if "unavailable" in trial:                         # others may hold what it needs, and not in the next round
            self.notes.gone[setting] = trial["unavailable"]
        else:                                              # a long run has millions of samples: 8 bytes each, not 40
            self.trials[setting].append({**trial, "samples": array("q", trial["samples"])})

    def found(self) -> Measurement:
        rows: dict[str, list] = {LATENCY: [], THROUGHPUT: []}
        for setting in sorted(self.trials, key=_in_order):
            rows[setting.what].append(_row(setting, self.trials[setting], self.counts.get(setting)))
        return Measurement(self.machine, tuple(rows[LATENCY]), tuple(rows[THROUGHPUT]), self.seed, self.rounds,
                           self.notes.all(self.trials), self.asked)


def _sound(setting: Setting, trial: dict) -> dict:
    if "failed" in trial:
        raise RunError(f"{setting}: {trial['failed']}.")
    return trial


def _name(setting: Setting) -> str:
    return f"{setting.way} ({setting.twin})"


def _in_order(setting: Setting) -> tuple:
    return ([*WAYS].index(setting.way), TWINS.index(setting.twin), setting.size, setting.depth or 0,
            setting.placement != SAME)


def _row(setting: Setting, trials: list[dict], count: float | None) -> Latency | Throughput:
    same = setting.way, setting.twin, setting.size, setting.placement
    used = {"cpu_ns": median(trial["cpu"] / trial["n"] for trial in trials),
            "switches": median(trial["switches"] / trial["n"] for trial in trials), "syscalls": count}
    if setting.what == LATENCY:
        return Latency.of(*same, chain.from_iterable(trial["samples"] for trial in trials), **used)
    depth = setting.depth if WAYS[setting.way][setting.twin].has_depth else None
    return Throughput.of(*same, [trial["elapsed"] / trial["n"] for trial in trials], depth=depth, **used)


# --- system calls, in a run of their own ---

def _strace(notes: Notes) -> bool:
    if not syscalls.offered():
        notes.add("There is no strace, so system calls were not counted. Debian and Ubuntu: apt install strace.")
    return syscalls.offered()


def _counted(settings: list[Setting], pace: Pace, notes: Notes) -> dict[Setting, float]:
    """System calls per message or round trip of each; empty if they cannot be counted here.

    Each placement for itself: who need not wait (a semaphore that is up, a ring that is not empty) need not call.
    """
    if not settings:
        return {}
    marked = {number: replace(setting, mark=syscalls.mark(number)) for number, setting in enumerate(settings, 1)}
    trials: dict[int, dict] = {}
    log = os.memfd_create("strace")                        # no file that could be left behind
    try:
        with Bench([*syscalls.COMMAND, "-o", f"/proc/self/fd/{log}"], [log], patience=5) as bench:
            for number, setting in marked.items():
                pace.step("count", f"calls of {_name(setting)}")
                trials[number] = bench.tried(setting)
        counts = syscalls.counted(os.pread(log, os.fstat(log).st_size, 0).decode(errors="replace"))
    except RunError as error:                              # strace may not watch, or somebody ended it: its own words
        notes.add(f"System calls were not counted. {error}")
        return {}
    finally:
        os.close(log)
    messages = {number: _sound(marked[number], trial).get("n") for number, trial in trials.items()}
    if any(messages.values()) and not counts:
        notes.add("strace wrote nothing down, so system calls were not counted.")
    return {setting: counts[number] / messages[number] for number, setting in enumerate(settings, 1)
            if number in counts and messages[number]}
