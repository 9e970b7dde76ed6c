"""One run: every setting in random order, several rounds of all, and the results put together."""

from __future__ import annotations

import contextlib
import json
import os
import random
import select
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from statistics import median
from typing import Any

from .. import errors
from ..errors import NotInstalled, RunError
from ..mechanisms import ledger, leftovers
from . import syscalls, twin
from .machine import CROSS, SAME, described, processors
from .results import Latency, Measurement, Throughput
from .trial import LATENCY, THROUGHPUT, Setting
from .ways import C, TWINS, WAYS, twins_of

__all__ = ["LONG", "QUICK", "latency", "measure", "throughput"]

Progress = Callable[[int, int, str], object]

# What `ipclab measure` gives to `measure`.
QUICK: dict[str, Any] = {"sizes": (64,), "throughput_sizes": (64, 65_536), "rounds": 3, "seconds": .01}
LONG: dict[str, Any] = {"sizes": (64, 1024, 4096), "throughput_sizes": (64, 1024, 4096, 16_384, 65_536, 262_144, 2**20),
                        "rounds": 7, "seconds": .05}
LARGEST = 2**24                      # bytes of a message
RING = 4 * 2**20                     # bytes that the slots of one direction have together, if nobody says how many


def measure(ways: Iterable[str] | None = None, sizes: Sequence[int] = (64,), placements: Iterable[str] | None = None,
            rounds: int = 3, progress: Progress | None = None, *, throughput_sizes: Sequence[int] | None = None,
            twins: Iterable[str] = TWINS, what: Iterable[str] = (LATENCY, THROUGHPUT),
            depths: Sequence[int | None] = (None,), seconds: float = .02, count: bool = True,
            seed: int | None = None) -> Measurement:
    """Latency and throughput of `ways` (None: all) on this machine, in one run of several `rounds`.

    In each round every setting is tried once, in an order drawn anew from `seed`, by two fresh processes, for about
    `seconds`. `sizes` are bytes of payload, for both unless `throughput_sizes` says otherwise. `placements`: "same",
    "cross", or None for both. `depths`: how many messages may be under way where one chooses (rings and semaphores);
    None: 64, fewer of large ones. `count`: count system calls, too, by strace where there is one. `progress(done, of,
    what comes next)` is called between two trials, never during one.

    What this machine does not offer (a second processor, a compiler, strace, a mechanism) is left out and said in the
    result's `notes`. Raises Misuse for a way, size or number that cannot be meant, RunError if a message arrived wrong,
    a side died or did not finish in time. Whatever happens, no process and no kernel object is left.
    """
    seed = random.SystemRandom().randrange(2**31) if seed is None else seed
    notes = Notes()
    offered = _settings(_named(ways, WAYS, "way"), _named(twins, TWINS, "twin"),
                        _named(what, (LATENCY, THROUGHPUT), "what"),
                        {LATENCY: _sizes(sizes), THROUGHPUT: _sizes(throughput_sizes or sizes)},
                        _places(placements, notes), [_depth(depth) for depth in depths], seconds, notes)
    _positive("rounds", rounds), _positive("seconds", seconds)
    machine = described(twin.compiler())
    trials: dict[Setting, list[dict]] = defaultdict(list)
    watched = _watched(offered) if count and _strace(notes) else {}
    step = _Steps(progress, len(offered) * rounds + len(watched))
    with Bench() as bench:
        for setting in _shuffled(offered, rounds, seed):
            step(setting)
            if not notes.unavailable(setting):
                _keep(trials[setting], bench.tried(setting), setting, notes)
    counts = _counts(watched, step, notes)
    step()
    return _assembled(machine, trials, counts, seed, rounds, notes)


def latency(way: str, twin: str = "python", size: int = 64, placement: str = SAME, **more: Any) -> Latency:
    """One latency: `measure` with one setting. Raises NotInstalled, saying why, if this machine does not offer it."""
    return _only(measure([way], [size], [placement], twins=[twin], what=[LATENCY], **more), "latency", way)


def throughput(way: str, twin: str = "python", size: int = 64, placement: str = CROSS, depth: int | None = None,
               **more: Any) -> Throughput:
    """One throughput: `measure` with one setting. Raises NotInstalled, saying why, if this machine does not offer it."""
    return _only(measure([way], [size], [placement], twins=[twin], what=[THROUGHPUT], depths=[depth], **more),
                 "throughput", way)


def _only(measurement: Measurement, what: str, way: str) -> Any:
    found = getattr(measurement, what)
    if not found:
        raise NotInstalled(" ".join(measurement.notes) or f"The {what} of {way} is not measured so: see WAYS in "
                           "ipclab.measure.ways for what is.")
    return found[0]


# --- which settings ---

def _settings(ways: Sequence[str], twins: Sequence[str], what: Sequence[str], sizes: dict[str, list[int]],
              places: dict[str, tuple[int, int]], depths: Sequence[int | None], seconds: float, notes: Notes,
              ) -> list[Setting]:
    library = _library(notes) if C in twins else None
    found = {}                                             # a dict: a signal comes once, whatever the sizes
    for way, each, one in ((way, each, one) for way in ways for each in twins for one in what):
        kind = twins_of(way).get(each)
        if kind is None or not getattr(kind, one) or (each == C and library is None):
            continue
        for size in sizes[one] if kind.carries else [0]:
            for place in [SAME] if kind.alone else places:
                for depth in depths if one == THROUGHPUT and kind.has_depth else [None]:
                    deep = (depth or _usual_depth(size)) if one == THROUGHPUT else None
                    found[Setting(one, way, each, size, place, deep, places.get(place, processors()[SAME]), seconds,
                                  library)] = None
    return list(found)


def _usual_depth(size: int) -> int:
    """64, or as many as stay in a processor's cache."""
    return max(4, min(64, RING // size))


def _library(notes: Notes) -> str | None:
    try:
        return str(twin.compiled())
    except NotInstalled as error:
        notes.add(str(error))


def _places(placements: Iterable[str] | None, notes: Notes) -> dict[str, tuple[int, int]]:
    here = processors()
    wanted = _named(placements, (SAME, CROSS), "placement")
    if CROSS in wanted and CROSS not in here:
        notes.add("This process may use one processor only, so placement 'cross', on two, was left out.")
    return {place: here[place] for place in wanted if place in here}


def _named(given: Iterable[str] | None, known: Iterable[str], what: str) -> list[str]:
    """In the order of `known`; all of them if None is given."""
    given = list(known) if given is None else [given] if isinstance(given, str) else list(given)
    for one in given:
        if one not in known:
            raise errors.Misuse("measure", f"{what} {one!r}", hint=f"There are: {', '.join(known)}.")
    return [one for one in known if one in given]


def _sizes(given: Sequence[int]) -> list[int]:
    for size in given:
        if not isinstance(size, int) or not 1 <= size <= LARGEST:
            raise errors.Misuse("measure", f"size {size!r}", hint=f"Give whole numbers of bytes from 1 to {LARGEST:,}.")
    return sorted(set(given))


def _depth(given: int | None) -> int | None:
    if given is not None and (not isinstance(given, int) or not 1 <= given <= 16_384):
        raise errors.Misuse("measure", f"depth {given!r}", hint="Give a whole number of messages from 1 to 16,384.")
    return given


def _positive(name: str, given: float) -> None:
    if not isinstance(given, (int, float)) or not 0 < given < 1e6:
        raise errors.Misuse("measure", f"{name} {given!r}", hint="Give a number above zero.")


def _shuffled(settings: list[Setting], rounds: int, seed: int) -> Iterator[Setting]:
    order = random.Random(seed)
    for _ in range(rounds):
        yield from order.sample(settings, len(settings))


# --- running them ---

class Notes:
    """What was left out and why, each said once."""

    def __init__(self):
        self.said: dict[str, None] = {}
        self.gone: set[Setting] = set()

    def add(self, note: str) -> None:
        self.said[note] = None

    def without(self, setting: Setting, why: str) -> None:
        self.gone.add(setting)
        self.add(f"{setting.way} ({setting.twin}) could not be measured here: {why}")

    def unavailable(self, setting: Setting) -> bool:
        return setting in self.gone


class _Steps:
    def __init__(self, progress: Progress | None, of: int):
        self.progress, self.done, self.of = progress, 0, of

    def __call__(self, setting: Setting | None = None) -> None:
        if self.progress:
            self.progress(self.done, self.of, f"{setting.way} ({setting.twin})" if setting else "")
        self.done += 1


def _keep(trials: list[dict], found: dict, setting: Setting, notes: Notes) -> None:
    if "failed" in found:
        raise RunError(f"{setting}: {found['failed']}.")
    if "unavailable" in found:
        notes.without(setting, found["unavailable"])
    else:
        trials.append(found)


class Bench:
    """The process that forks both sides of each trial (`bench.py`), with what it made swept away at the end."""

    def __init__(self, watcher: Sequence[str] = (), pass_fds: Sequence[int] = (), patience: float = 1):
        self.run = os.urandom(8).hex()
        self.command = [*watcher, sys.executable, "-P", "-m", "ipclab.measure.bench"]
        self.pass_fds, self.patience = pass_fds, patience

    def __enter__(self) -> Bench:
        self.said = os.memfd_create("said")                # what it prints when it fails
        marks = {"IPCLAB_RUN": self.run, "IPCLAB_SESSION": ledger.identity(os.getpid()),
                 "IPCLAB_LEDGERS": str(ledger.folder())}
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.said, pass_fds=self.pass_fds,
            start_new_session=True, cwd="/", env=os.environ | marks)       # Ctrl-C in a terminal reaches us alone
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self.process.stdin.close()                     # it ends its trial, cleans up, and ends
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        os.close(self.said)
        leftovers.sweep(self.run)                          # nothing, unless it was killed

    def tried(self, setting: Setting) -> dict:
        """One trial. Raises RunError if the process was ended, or says nothing."""
        deadline = self.patience * (20 + 50 * setting.seconds)
        question = json.dumps({**asdict(setting), "deadline": deadline}).encode() + b"\n"
        try:
            self.process.stdin.write(question)
            self.process.stdin.flush()
            if not select.select([self.process.stdout], [], [], deadline + 10)[0]:
                raise RunError(f"{setting}: the process that measures does not answer.")
            return json.loads(self.process.stdout.readline())
        except (BrokenPipeError, ValueError):
            raise RunError(f"{setting}: the process that measures has ended. {self._last_words()}") from None

    def _last_words(self) -> str:
        text = os.pread(self.said, 100_000, 0).decode(errors="replace").strip()
        return text.splitlines()[-1] if text else "Somebody killed it; measure again."


# --- system calls, in a run of their own ---

def _strace(notes: Notes) -> bool:
    if not syscalls.offered():
        notes.add("There is no strace, so system calls were not counted. Debian and Ubuntu: apt install strace.")
    return syscalls.offered()


def _watched(settings: list[Setting]) -> dict[Setting, Setting]:
    """For what is counted, the trial to watch: of several placements one, for a call is a call on either."""
    found = {}
    for setting in settings:
        found[_counted_as(setting)] = setting              # the last: on two processors, where a ring need not wait
    return {key: replace(setting, mark=syscalls.mark(number)) for number, (key, setting) in enumerate(found.items(), 1)}


def _counted_as(setting: Setting) -> Setting:
    return replace(setting, placement="", processors=(0, 0))


def _counts(watched: dict[Setting, Setting], step: _Steps, notes: Notes) -> dict[Setting, float]:
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
        counts = syscalls.counted(_whole(log))
    except RunError:
        counts = {}
    finally:
        os.close(log)
    if not counts:
        notes.add("strace may not watch processes here (ptrace is forbidden), so system calls were not counted.")
        return {}
    return {key: counts[number] / messages[key] for number, key in enumerate(watched, 1)
            if number in counts and key in messages}


def _whole(descriptor: int) -> str:
    return os.pread(descriptor, os.fstat(descriptor).st_size, 0).decode(errors="replace")


# --- the results ---

def _assembled(machine, trials: dict[Setting, list[dict]], counts: dict[Setting, float], seed: int, rounds: int,
               notes: Notes) -> Measurement:
    found: dict[str, list] = {LATENCY: [], THROUGHPUT: []}
    for setting in sorted(filter(trials.get, trials), key=_in_order):
        found[setting.what].append(_result(setting, trials[setting], counts.get(_counted_as(setting))))
    return Measurement(machine, tuple(found[LATENCY]), tuple(found[THROUGHPUT]), seed, rounds, tuple(notes.said))


def _in_order(setting: Setting) -> tuple:
    return [*WAYS].index(setting.way), TWINS.index(setting.twin), setting.size, setting.depth or 0, setting.placement


def _result(setting: Setting, trials: list[dict], count: float | None) -> Latency | Throughput:
    same = setting.way, setting.twin, setting.size, setting.placement
    used = {"cpu_ns": median(trial["cpu"] / trial["n"] for trial in trials),
            "switches": median(trial["switches"] / trial["n"] for trial in trials), "syscalls": count}
    if setting.what == LATENCY:
        return Latency.of(*same, [sample for trial in trials for sample in trial["samples"]], **used)
    depth = setting.depth if twins_of(setting.way)[setting.twin].has_depth else None
    return Throughput.of(*same, [trial["elapsed"] / trial["n"] for trial in trials], depth=depth, **used)
