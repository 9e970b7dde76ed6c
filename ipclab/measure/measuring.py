"""One run: every setting in random order, several rounds of all, and the results put together."""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from statistics import median
from typing import Any

from .. import errors
from ..errors import NotInstalled, RunError
from . import syscalls, twin
from .asker import Bench
from .machine import CROSS, SAME, described
from .plan import Notes, planned
from .results import Latency, Measurement, Throughput
from .trial import LATENCY, THROUGHPUT, Setting
from .ways import TWINS, WAYS

__all__ = ["LONG", "QUICK", "latency", "measure", "throughput"]

Progress = Callable[[int, int, str], object]
Trials = dict[Setting, list[dict]]               # what was found in each round

# What `ipclab measure` gives to `measure`.
QUICK: dict[str, Any] = {"sizes": (64,), "throughput_sizes": (64, 65_536), "rounds": 3, "seconds": .01}
LONG: dict[str, Any] = {"sizes": (64, 1024, 4096), "throughput_sizes": (64, 1024, 4096, 16_384, 65_536, 262_144, 2**20),
                        "rounds": 7, "seconds": .05}


def measure(ways: Iterable[str] | None = None, sizes: Sequence[int] = (64,), placements: Iterable[str] | None = None,
            rounds: int = 3, progress: Progress | None = None, *, throughput_sizes: Sequence[int] | None = None,
            twins: Iterable[str] | None = None, what: Iterable[str] | None = None,
            depths: Sequence[int | None] = (None,), seconds: float = .02, count: bool = True,
            seed: int | None = None) -> Measurement:
    """Latency and throughput of `ways` (None: all) on this machine, in one run of several `rounds`.

    In each round every setting is tried once, in an order drawn anew from `seed`, by two fresh processes, for about
    `seconds`. `sizes` are bytes of payload, for both unless `throughput_sizes` says otherwise. `placements` are "same"
    and "cross", `twins` "python", "ipclab" and "c", `what` "latency" and "throughput"; None: all. `depths`: how many
    messages may be under way where one chooses (rings and semaphores); None: 64, fewer of large ones. `count`: count
    system calls, too, by strace where there is one. `progress(done, of, what comes next)` is called between two trials,
    never during one.

    What this machine does not offer (a second processor, a compiler, strace, a mechanism) is left out and said in the
    result's `notes`. Raises Misuse for a way, size or number that cannot be meant, RunError if a message arrived wrong,
    a side died or did not finish in time. Whatever happens, no process and no kernel object is left.
    """
    _positive("rounds", rounds, int), _positive("seconds", seconds, int | float)
    seed = random.SystemRandom().randrange(2**31) if seed is None else seed
    notes = Notes()
    settings = planned(ways, twins, what, placements, sizes, throughput_sizes or sizes, depths, seconds, notes)
    watched = _watched(settings) if count and _strace(notes) else {}
    machine = described(twin.compiler())
    step = _Steps(progress, len(settings) * rounds + len(watched))
    trials = _tried(settings, rounds, seed, step, notes)
    counts = _counted(watched, step, notes)
    step()
    return _assembled(machine, trials, counts, seed, rounds, notes)


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
    if not isinstance(given, kind) or not 0 < given < 1e6:
        raise errors.Misuse("measure", f"{name} {given!r}", hint="Give a number above zero.")


class _Steps:
    def __init__(self, progress: Progress | None, of: int):
        self.progress, self.done, self.of = progress, 0, of

    def __call__(self, setting: Setting | None = None) -> None:
        if self.progress:
            self.progress(self.done, self.of, f"{setting.way} ({setting.twin})" if setting else "")
        self.done += 1


# --- the trials ---

def _tried(settings: list[Setting], rounds: int, seed: int, step: _Steps, notes: Notes) -> Trials:
    trials: Trials = defaultdict(list)
    if not settings:
        return trials
    with Bench() as bench:
        for setting in _shuffled(settings, rounds, seed):
            step(setting)
            if setting not in notes.gone:
                _keep(trials[setting], bench.tried(setting), setting, notes)
    return trials


def _shuffled(settings: list[Setting], rounds: int, seed: int) -> Iterator[Setting]:
    order = random.Random(seed)
    for _ in range(rounds):
        yield from order.sample(settings, len(settings))


def _keep(trials: list[dict], found: dict, setting: Setting, notes: Notes) -> None:
    if "failed" in found:
        raise RunError(f"{setting}: {found['failed']}.")
    if "unavailable" in found:
        notes.without(setting, found["unavailable"])
    else:
        trials.append(found)


# --- system calls, in a run of their own ---

def _strace(notes: Notes) -> bool:
    if not syscalls.offered():
        notes.add("There is no strace, so system calls were not counted. Debian and Ubuntu: apt install strace.")
    return syscalls.offered()


def _watched(settings: list[Setting]) -> dict[Setting, Setting]:
    """For what is counted, the trial to watch: of several placements one, for a call is a call on either."""
    found = {_counted_as(setting): setting for setting in settings}        # the last: on two processors, if there are
    return {key: replace(setting, mark=syscalls.mark(number)) for number, (key, setting) in enumerate(found.items(), 1)}


def _counted_as(setting: Setting) -> Setting:
    return replace(setting, placement="", processors=(0, 0))


def _counted(watched: dict[Setting, Setting], step: _Steps, notes: Notes) -> dict[Setting, float]:
    """System calls per message or round trip of each; empty if they cannot be counted here."""
    if not watched:
        return {}
    messages: dict[Setting, int] = {}
    log = os.memfd_create("strace")                        # no file that could be left behind
    try:
        with Bench([*syscalls.COMMAND, "-o", f"/proc/self/fd/{log}"], [log], patience=5) as bench:
            for key, setting in watched.items():
                step(setting)
                if "n" in (found := bench.tried(setting)):
                    messages[key] = found["n"]
        counts = syscalls.counted(os.pread(log, os.fstat(log).st_size, 0).decode(errors="replace"))
    except RunError:
        counts = {}
    finally:
        os.close(log)
    if not counts:
        notes.add("strace may not watch processes here (ptrace is forbidden), so system calls were not counted.")
    return {key: counts[number] / messages[key] for number, key in enumerate(watched, 1)
            if number in counts and key in messages}


# --- the results ---

def _assembled(machine, trials: Trials, counts: dict[Setting, float], seed: int, rounds: int,
               notes: Notes) -> Measurement:
    found: dict[str, list] = {LATENCY: [], THROUGHPUT: []}
    for setting in sorted(filter(trials.get, trials), key=_in_order):
        found[setting.what].append(_result(setting, trials[setting], counts.get(_counted_as(setting))))
    return Measurement(machine, tuple(found[LATENCY]), tuple(found[THROUGHPUT]), seed, rounds, tuple(notes.said))


def _in_order(setting: Setting) -> tuple:
    return ([*WAYS].index(setting.way), TWINS.index(setting.twin), setting.size, setting.depth or 0,
            setting.placement != SAME)


def _result(setting: Setting, trials: list[dict], count: float | None) -> Latency | Throughput:
    same = setting.way, setting.twin, setting.size, setting.placement
    used = {"cpu_ns": median(trial["cpu"] / trial["n"] for trial in trials),
            "switches": median(trial["switches"] / trial["n"] for trial in trials), "syscalls": count}
    if setting.what == LATENCY:
        return Latency.of(*same, [sample for trial in trials for sample in trial["samples"]], **used)
    depth = setting.depth if WAYS[setting.way][setting.twin].has_depth else None
    return Throughput.of(*same, [trial["elapsed"] / trial["n"] for trial in trials], depth=depth, **used)
