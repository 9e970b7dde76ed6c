"""All interleavings of a system of real processes, and a verdict.

    def two_counters():
        n = SharedInteger(0, label="n")
        return System(process(count, n), process(count, n), check=lambda end: n.view[0] == 2)

    print(explore(two_counters))

PROVED holds for this system at this size, if its processes decide by nothing but what they are given and what their
operations return. REFUTED comes with the shortest schedule that was found. All else is NOT FINISHED, and says why.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from ._engine import Engine
from ._search import by_races, by_states, switches, with_few_switches
from ._states import CannotGoOn, NotTheSame, State
from ._story import last_chance, retold
from .system import System
from .verdict import NOT_FINISHED, PROVED, Verdict

__all__ = ["Exploration", "explore", "explore_here", "replay", "replay_here"]


def explore(system: Callable[[], System], *, seconds: float = 60.0, longest: int = 500,
            new_processes: bool = False) -> Verdict:
    """`explore_here` in a fresh process; for notebooks, whose own process has many threads."""
    from ._fresh import call_in_fresh_process
    return Verdict.from_json(call_in_fresh_process(_explore_to_json, system, seconds, longest, new_processes))


def replay(system: Callable[[], System], verdict: Verdict) -> Verdict:
    """Run the schedule of a REFUTED verdict again, in fresh processes; see `replay_here`."""
    from ._fresh import call_in_fresh_process
    return Verdict.from_json(call_in_fresh_process(_replay_to_json, system, verdict.to_json()))


def explore_here(system: Callable[[], System], *, seconds: float = 60.0, longest: int = 500,
                 shortest: bool = True, new_processes: bool = False, runs: int | None = None) -> Verdict:
    """All interleavings of `system()`, from this process, which must have one thread: it makes the objects, forks the
    processes and decides. Their functions run in the forks only; `check` runs here.

    After `seconds` or so many `runs`, or where a run has more than `longest` operations, the verdict is NOT FINISHED.
    Which verdict comes after so many runs does not depend on how busy the machine is. `shortest=False` takes the first
    failing schedule as it is found, without looking for a shorter one or for the critical step.

    The same processes serve for all runs. What a function keeps in a global variable from one run to the next would
    falsify that; so at the end new processes repeat a run, and if it differs, all is explored in new processes for
    every run. `new_processes=True` does so from the start: several times slower, and certain even if
    the code that is explored tries to behave differently the second time.
    """
    deadline = time.monotonic() + seconds
    try:
        with contextlib.suppress(NotTheSame):
            if not new_processes:
                with Engine(system, longest) as engine:
                    return Exploration(engine, deadline, runs).verdict(shortest)
        with Engine(system, longest, new_processes=True) as engine:
            return Exploration(engine, deadline, runs).verdict(shortest)
    except CannotGoOn as reason:
        return Verdict(NOT_FINISHED, str(reason))


def replay_here(system: Callable[[], System], verdict: Verdict) -> Verdict:
    """The same verdict with the trace of a new run, if it went wrong in the same way; else NOT FINISHED."""
    try:
        with Engine(system) as engine:
            again = retold(engine, bytes(engine.names.index(name) for name in verdict.schedule), verdict.critical)
    except (CannotGoOn, ValueError) as reason:
        return Verdict(NOT_FINISHED, f"the schedule cannot be followed: {reason}")
    if (again.reason, again.story) != (verdict.reason, verdict.story):
        return Verdict(NOT_FINISHED, f"it went another way this time: {again.reason}", story=again.story)
    return replace(again, sizes=verdict.sizes)


def _explore_to_json(system: Callable[[], System], seconds: float, longest: int, new_processes: bool) -> str:
    return explore_here(system, seconds=seconds, longest=longest, new_processes=new_processes).to_json()


def _replay_to_json(system: Callable[[], System], verdict: str) -> str:
    return replay_here(system, Verdict.from_json(verdict)).to_json()


class Exploration:
    """One exploration of an engine's system, until `deadline` (monotonic seconds) or for at most so many `runs`."""

    def __init__(self, engine: Engine, deadline: float, runs: int | None = None):
        self.engine, self.deadline, self.most_runs = engine, deadline, runs
        self.ends = self.cut = 0
        self.failed: State | None = None
        self.last: State | None = None                       # the end of the last run that came to one

    def verdict(self, shortest: bool = True, must_conflict: bool = True) -> Verdict:
        complete = self._search()
        sizes = {"runs": self.engine.runs, "steps": self.engine.steps, "ends": self.ends}
        if self.failed:
            return replace(self._refuted(self.failed, shortest), sizes=sizes)
        if self.cut:
            return Verdict(NOT_FINISHED, f"{self.cut} runs were cut off after {self.engine.longest} operations, and "
                           "none went wrong before that; does a process wait in a loop, where it should wait in P?", sizes)
        if not complete and self._too_many_runs():
            return Verdict(NOT_FINISHED, f"there were too many runs, more than {self.most_runs}, before all interleavings "
                           "were explored, and none of those explored went wrong; make the system smaller", sizes)
        if not complete:
            return Verdict(NOT_FINISHED, "the time was up before all interleavings were explored, and none of those "
                           "explored went wrong; make the system smaller, or give it more seconds", sizes)
        if must_conflict and not self._conflict():
            return Verdict(NOT_FINISHED, "no two processes ever touched the same thing, so there was nothing to "
                           "interleave; do they share the objects you meant?", sizes)
        self._compare_with_new_processes()
        return Verdict(PROVED, "no interleaving goes wrong, at this size", sizes)

    def _search(self) -> bool:
        """True if a search that leaves nothing out came to its end. They take turns: none is always the fastest."""
        races, states = by_races(self.engine, self._ended), by_states(self.engine, self._ended)
        likely = itertools.chain.from_iterable(with_few_switches(self.engine, self._ended, n) for n in range(1, 4))
        for_ever = itertools.cycle([(states, 256), (races, 32), (likely, 16)])
        turns = itertools.chain([(races, 64), (likely, 32)], for_ever)
        for search, runs in turns:
            for _ in range(runs):
                if next(search, self) is self:
                    if search is likely:
                        break
                    return not self.cut
                if self.failed or time.monotonic() > self.deadline or self._too_many_runs():
                    return False
        return False

    def _too_many_runs(self) -> bool:
        """Also when one was cut off: no proof can come of it, and each further one would be as long."""
        return self.most_runs is not None and (self.cut > 0 or self.engine.runs > self.most_runs)

    def _compare_with_new_processes(self) -> None:
        """Raise NotTheSame if the last run comes out otherwise in other processes: in what an earlier run left, they
        differ, and in their ids, and the time and all chance are others."""
        before, self.engine.new_processes = self.engine.new_processes, True
        self.engine.go_to(self.last)
        self.engine.new_processes = before

    def _ended(self, state: State) -> bool:
        if state.cut:
            self.cut += 1
            return False
        self.ends += 1
        self.last = state
        wrong = self.engine.system.wrong(self.engine.final(state))
        if wrong:
            self.failed = state
        return bool(wrong)

    def _conflict(self) -> bool:
        """Did two processes touch the same thing, and at least one of them change it?"""
        touched = self.engine.touched
        return any(kind != "load" and any(label == other and p != q for other, q, _ in touched)
                   for label, p, kind in touched)

    def _refuted(self, failed: State, shortest: bool) -> Verdict:
        """The story of it, as new processes tell it."""
        critical = None
        if shortest:
            failed = self._shortest(failed)
            critical = last_chance(self.engine, failed, self._budget())
        self.engine.new_processes = True
        verdict = retold(self.engine, failed.schedule, critical)
        if not verdict.refuted:
            raise NotTheSame(f"a run that went wrong does not when new processes repeat it: {verdict.reason}")
        return verdict

    def _shortest(self, found: State) -> State:
        """The failing run with the fewest switches, or with the fewest that were found for so much work."""
        for preemptions in (1, len(found.schedule)):         # most faults need one at most, and there are few such runs
            self.failed = None
            search = with_few_switches(self.engine, self._ended, preemptions, switches(found.schedule))
            for _ in zip(search, self._budget()):
                pass
            found = self.failed or found
        return found

    def _budget(self) -> Iterator[None]:
        """So many runs, and so much time, for making a story shorter; where runs are counted, runs alone."""
        end = time.monotonic() + 2
        counted = itertools.repeat(None, 500)
        return counted if self.most_runs else itertools.takewhile(lambda _: time.monotonic() < end, counted)
