"""Every instant at which a signal can interrupt a function: one real run for each, with a real signal.

`sweep_here` runs main() once to list the bytecode boundaries of the user's code. Then it runs it once more for each of
them: a signal comes there, its handler runs, main() goes on to its end, and observe() says what became of it. With
`pairs` a second signal comes at each boundary of the handler. Where main() blocks in the kernel, one is sent there.

CPython itself looks for signals at fewer places than the language allows (signal module: "between atomic
instructions"). Which ones is found by experiment in the same sweep, and each instant says so: `reachable`.
"""

from __future__ import annotations

import functools
import itertools
import os
import signal
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from .. import errors
from ..mechanisms import leftovers
from ._signal_run import Plan, Run
from ._signal_tale import Tale
from ._signal_watch import Watch
from .outcomes import Instant, Outcome, Sweep

__all__ = ["Instant", "Outcome", "Scenario", "Sweep", "every_instant", "sweep_here", "tell_here"]


@dataclass(frozen=True)
class Scenario:
    """What is swept. Every run begins with arrange(), and only main() is interrupted.

    arrange()  sets the data and installs the handlers
    main()     is interrupted
    observe()  looks at what has become of it: numbers, text, lists and dicts of them
    release()  optional: what the outside world does, in another process, each time main() waits for it in the kernel
    """

    arrange: Callable[[], Any]
    main: Callable[[], Any]
    observe: Callable[[], Any]
    release: Callable[[], Any] | None = None
    signals: tuple[int, ...] = (signal.SIGUSR1,)


def sweep_here(scenario: Scenario | Callable[[], Scenario], *, pairs: bool = False, limit: int = 10_000,
               deadline: float = 10.0, inside: Callable[[Any], bool] | None = None, enter: Iterable[str] = (),
               signals: tuple[int, ...] | None = None, on_result: Callable[[Outcome], None] | None = None) -> Sweep:
    """Sweep `scenario` in forks of this process, which must have one thread. `on_result` sees each outcome as it comes.

    A function that makes the scenario may stand in its place. It is called in the forks only, so that this process,
    which watches and kills, runs none of its code; `signals` are then given here.

    Instants lie in the user's code, which is all but the standard library, installed packages and this one. `enter`
    names modules to enter none the less ("queue"); `inside(code)` decides it all instead. `deadline`, in seconds, ends
    a run that neither ends nor blocks; the verdict is then NOT FINISHED, and so it is beyond `limit` instants.
    """
    if len(os.listdir("/proc/self/task")) > 1:
        raise errors.Misuse("sweep_here", "this process", hint="It has several threads, and a fork copies only one of "
                            "them; call every_instant, which starts a fresh process.")
    signals = signals or (scenario.signals if isinstance(scenario, Scenario) else (signal.SIGUSR1,))
    make = (lambda: scenario) if isinstance(scenario, Scenario) else scenario
    sweeper = _Sweeper(make, tuple(map(int, signals)), limit, deadline, inside or _users(enter))
    return sweeper.sweep(pairs, on_result or (lambda outcome: None))


def every_instant(arrange: Callable[[], Any], main: Callable[[], Any], observe: Callable[[], Any], *,
                  release: Callable[[], Any] | None = None, signals: Iterable[int] = (signal.SIGUSR1,),
                  pairs: bool = False, limit: int = 10_000, deadline: float = 10.0,
                  enter: Iterable[str] = ()) -> Sweep:
    """Sweep functions of a notebook or module in a fresh process. See `Scenario` and `sweep_here`."""
    from ._fresh import call_in_fresh_process
    scenario = Scenario(arrange, main, observe, release, tuple(signals))
    options = {"pairs": pairs, "limit": limit, "deadline": deadline, "enter": tuple(enter)}
    return Sweep.from_json(call_in_fresh_process(_sweep_to_json, scenario, options))


def _sweep_to_json(scenario: Scenario, options: dict) -> str:
    return sweep_here(scenario, **options).to_json()


def tell_here(scenario: Scenario, number: int | None, *, boundary: int = -1, block: int = 0,
              inside: Callable[[Any], bool], mine: Callable[[Any], bool],
              deadline: float = 10.0) -> tuple[list[dict], Outcome]:
    """Run `scenario` once more, and tell the steps of the code for which `mine` holds, and how it ended.

    Signal `number` comes at that boundary, counted from 0 as a sweep with the same `inside` does, or when main() blocks
    for the `block`-th time; without a number none comes. See `Tale` for what a step is.
    """
    sweeper = _Sweeper(lambda: scenario, tuple(map(int, scenario.signals)), 0, deadline, inside)
    plan, interrupt = Plan(first=boundary, signal=number or 0), (block, number) if number and block else None
    watch = sweeper._run(plan, interrupt, functools.partial(Tale, mine=mine))
    return watch.steps, _outcome_of(watch, None)


@dataclass
class _Sweeper:
    """Runs a scenario again and again in forks: left alone, under a storm of signals, then once for each instant."""

    make: Callable[[], Scenario]
    signals: tuple[int, ...]
    limit: int
    deadline: float
    inside: Callable[[Any], bool]
    notes: list[str] = field(default_factory=list)

    def sweep(self, pairs: bool, on_result: Callable[[Outcome], None]) -> Sweep:
        alone = self._run(Plan(list=self.limit + 1))
        self.looks = self._run(Plan(storm="main")).looks | self._run(Plan(storm="handlers")).looks
        if alone.how == "unfinished":
            self.notes.append(f"main() did not end when left alone: {alone.detail}")
        outcomes: list[Outcome] = []
        for watch, instant in self._instants(alone, pairs):
            if len(outcomes) >= self.limit:
                self.notes.append(f"stopped after {self.limit} instants; raise limit= to go on")
                break
            outcomes.append(_outcome_of(watch, replace(instant, index=len(outcomes))))
            on_result(outcomes[-1])
        return Sweep(tuple(outcomes), _outcome_of(alone, None), tuple(self.notes), sys.version.split()[0])

    def _instants(self, alone: Watch, pairs: bool) -> Iterator[tuple[Watch, Instant]]:
        """Every run that was interrupted, and where."""
        if "failed" in alone.said:
            self.notes.append(alone.said["failed"])
            return
        for number in self.signals:
            for index, place in enumerate(alone.boundaries):
                watch = self._run(Plan(first=index, signal=number))
                if watch.said.get("at") != place:
                    self.notes.append(_differs(place, watch))
                    return
                yield watch, (instant := self._instant(place, number))
                if pairs and watch.said["handled"]:
                    yield from self._within_handler(Plan(first=index, signal=number), instant)
            yield from self._in_blocked_calls(alone, number)

    def _within_handler(self, plan: Plan, outer: Instant) -> Iterator[tuple[Watch, Instant]]:
        """A second signal at each boundary of the handler, until the handler has no more."""
        for number in self.signals:
            for second in itertools.count():
                watch = self._run(replace(plan, second=second, signal2=number))
                if "second" not in watch.said:
                    break
                yield watch, self._instant(watch.said["second"], number, outer)

    def _in_blocked_calls(self, alone: Watch, number: int) -> Iterator[tuple[Watch, Instant]]:
        for time, (call, boundaries) in enumerate(alone.blocks, start=1):
            watch = self._run(Plan(), (time, number))
            if watch.handled is None:
                self.notes.append(f"main() blocked in {call} when left alone, but not when run again")
                return
            place = alone.boundaries[boundaries - 1] if boundaries else {"file": "", "line": 0, "function": "main"}
            yield watch, _instant_of(place, number, True, call=call)

    def _instant(self, place: dict, number: int, outer: Instant | None = None) -> Instant:
        reachable = any(tuple(look) in self.looks for look in place["looks"]) and (not outer or outer.reachable)
        return _instant_of(place, number, reachable, outer=outer)

    def _run(self, plan: Plan, interrupt: tuple[int, int] | None = None, kind: Callable[..., Run] = Run) -> Watch:
        reports, reports_in = os.pipe()
        releases, releases_in = os.pipe()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        pid = os.fork()
        if pid == 0:
            try:
                os.close(reports)
                os.close(releases_in)
                kind(self.make, self.signals, self.inside, plan, reports_in, releases).go()
            finally:
                os._exit(3)
        os.close(reports_in)
        os.close(releases)
        os.set_blocking(reports, False)
        try:
            return Watch(pid, reports, releases_in, self.deadline, interrupt).follow()
        finally:
            os.close(reports)
            os.close(releases_in)
            leftovers.sweep()


def _instant_of(place: dict, number: int, reachable: bool, *, call: str = "", outer: Instant | None = None) -> Instant:
    instruction = "" if call else place.get("instruction", "")
    return Instant(0, place["file"], place["line"], place["function"], instruction, place.get("occurrence", 1),
                   reachable, number, call, outer)


def _outcome_of(watch: Watch, instant: Instant | None) -> Outcome:
    handled = watch.said.get("handled", False) if watch.handled is None else watch.handled
    return Outcome(instant, watch.how, watch.detail, watch.said.get("observation"), bool(handled))


def _differs(place: dict, watch: Watch) -> str:
    at = watch.said.get("at")
    now = f"was at {at['instruction']} of line {at['line']} in {at['function']}" if at else f"had ended ({watch.how})"
    return (f"main() is not the same each time: in place of {place['instruction']} of line {place['line']} in "
            f"{place['function']} it {now}. Does it depend on time, randomness or a process id?")


_NOT_THE_USERS = tuple({os.path.realpath(p) + os.sep for p in (
    sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"), sysconfig.get_path("purelib"),
    sysconfig.get_path("platlib"), os.path.dirname(os.path.dirname(__file__)))})


def _users(enter: Iterable[str]) -> Callable[[Any], bool]:
    entered = {sys.modules[name].__file__ if name in sys.modules else __import__(name).__file__ for name in enter}
    known: dict[str, bool] = {}

    def inside(code: Any) -> bool:
        file = code.co_filename
        if file not in known:
            known[file] = file in entered or not (file.startswith("<frozen") or
                                                  os.path.realpath(file).startswith(_NOT_THE_USERS))
        return known[file]

    return inside
