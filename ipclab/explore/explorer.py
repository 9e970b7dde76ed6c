"""All interleavings of a system of real processes, and a verdict.

    def two_counters():
        n = SharedInteger(0, label="n")
        return System(process(count, n), process(count, n), check=lambda end: n.view[0] == 2)

    print(explore(two_counters))

PROVED holds for this system at this size, if its processes decide by nothing but what they are given and what their
operations return. REFUTED comes with the shortest schedule that was found. All else is NOT FINISHED, and says why.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from ._engine import CannotGoOn, Engine, State
from ._search import by_races, by_states, with_few_switches
from ._story import last_chance, retold
from .system import System
from .verdict import NOT_FINISHED, PROVED, Verdict

__all__ = ["explore", "explore_here", "replay", "replay_here"]

_BURST = 128                         # runs of the search by races before the one by states begins
_SHARE = 4                           # from then on, so many runs of the one for each run of the other


def explore(system: Callable[[], System], *, seconds: float = 60.0) -> Verdict:
    """Explore `system()` in a fresh process; for notebooks, whose own process has many threads."""
    from ._fresh import call_in_fresh_process
    return Verdict.from_json(call_in_fresh_process(_explore_to_json, system, seconds))


def replay(system: Callable[[], System], verdict: Verdict) -> Verdict:
    """Run the schedule of a REFUTED verdict again, in fresh processes; see `replay_here`."""
    from ._fresh import call_in_fresh_process
    return Verdict.from_json(call_in_fresh_process(_replay_to_json, system, verdict.to_json()))


def explore_here(system: Callable[[], System], *, seconds: float = 60.0) -> Verdict:
    """Explore `system()` from this process, which must have one thread: it makes the objects, forks the processes and
    decides. The processes' functions run in the forks only, `check` runs here. After `seconds`: NOT FINISHED."""
    try:
        with Engine(system) as engine:
            return _Exploration(engine, time.monotonic() + seconds).verdict()
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


def _explore_to_json(system: Callable[[], System], seconds: float) -> str:
    return explore_here(system, seconds=seconds).to_json()


def _replay_to_json(system: Callable[[], System], verdict: str) -> str:
    return replay_here(system, Verdict.from_json(verdict)).to_json()


class _Exploration:
    def __init__(self, engine: Engine, deadline: float):
        self.engine, self.deadline = engine, deadline
        self.ends = 0
        self.failed: State | None = None

    def verdict(self) -> Verdict:
        by = self._search()
        if self.failed:
            return self._refuted(self.failed)
        sizes = {"runs": self.engine.runs, "steps": self.engine.steps, "ends": self.ends}
        if not by:
            return Verdict(NOT_FINISHED, "the time was up before all interleavings were explored, and none of those "
                           "explored went wrong; make the system smaller, or give it more seconds", sizes)
        if not self._conflict():
            return Verdict(NOT_FINISHED, "no two processes ever touched the same thing, so there was nothing to "
                           "interleave; do they share the objects you meant?", sizes)
        return Verdict(PROVED, "no interleaving goes wrong, at this size", sizes)

    def _search(self) -> bool:
        """True if one of the searches has come to its end. They take turns, for neither is always the faster."""
        races, states = by_races(self.engine, self._ended), by_states(self.engine, self._ended)
        turns = itertools.chain([(races, _BURST)], itertools.cycle([(states, _SHARE * 32), (races, 32)]))
        for search, runs in turns:
            for _ in range(runs):
                if next(search, self) is self:
                    return True
                if self.failed or time.monotonic() > self.deadline:
                    return False
        return False

    def _ended(self, state: State) -> bool:
        self.ends += 1
        wrong = self.engine.system.wrong(self.engine.final(state))
        if wrong:
            self.failed = state
        return bool(wrong)

    def _conflict(self) -> bool:
        """Did two processes touch the same thing, and at least one of them change it?"""
        return any(len({p for p, _ in did}) > 1 and {kind for _, kind in did} - {"load"}
                   for did in self.engine.touched.values())

    def _refuted(self, found: State) -> Verdict:
        sizes = {"runs": self.engine.runs, "steps": self.engine.steps}
        shortest = self._shortest(found)
        critical = last_chance(self.engine, shortest, self._budget(1000))
        self.engine.telling = True
        return replace(retold(self.engine, shortest.schedule, critical), sizes=sizes)

    def _shortest(self, found: State) -> State:
        """The failing run with the fewest preemptions, and of those the one with the fewest switches."""
        for preemptions in range(3):
            self.failed = None
            search = with_few_switches(self.engine, self._ended, preemptions)
            for _ in zip(search, self._budget(1000)):
                pass
            if self.failed:
                return self.failed
        return found

    def _budget(self, runs: int) -> Iterator[None]:
        """So many runs, while there is time."""
        end = min(self.deadline + 5, time.monotonic() + 5)
        return itertools.takewhile(lambda _: time.monotonic() < end, itertools.repeat(None, runs))
