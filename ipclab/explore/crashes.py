"""Every death: each process killed with SIGKILL before its first operation, and after each one, in all interleavings.

What a killed process held stays as it is: a mutex that it took is never given back, a record that it was writing stays
half-written. The kernel closes its descriptors, and undoes its semaphore operations if the semaphore has `undo`. So a
death is harmless, or it leaves others stuck for ever, or the data wrong; which of them is found out for each.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from ._engine import Engine
from ._states import CannotGoOn
from .explorer import Exploration
from .system import Final, System
from .verdict import NOT_FINISHED, PROVED, REFUTED, Verdict

__all__ = ["Death", "Deaths", "every_death", "every_death_here"]


@dataclass(frozen=True)
class Death:
    """A process killed after `operations` of its own. The verdict is PROVED where no interleaving does harm."""

    process: str
    operations: int
    last: str                        # the operation that it had just done; "" if none
    verdict: Verdict

    def __str__(self) -> str:
        when = f"after {self.last}" if self.last else "before its first operation"
        harm = "harmless" if self.verdict.proved else self.verdict.reason
        return f"{self.process} killed {when}: {harm}"


@dataclass(frozen=True)
class Deaths:
    """All of them, as plain data."""

    deaths: tuple[Death, ...]

    @property
    def harmful(self) -> list[Death]:
        """The deaths whose verdict is REFUTED."""
        return [death for death in self.deaths if death.verdict.refuted]

    def verdict(self) -> Verdict:
        """PROVED if every death is harmless."""
        sizes = {"deaths": len(self.deaths), "harmful": len(self.harmful)}
        if self.harmful:
            first = self.harmful[0]
            return Verdict(REFUTED, str(first), sizes, first.verdict.story, first.verdict.schedule,
                           trace=first.verdict.trace)
        unknown = [death for death in self.deaths if not death.verdict.proved]
        if unknown or not self.deaths:
            return Verdict(NOT_FINISHED, str(unknown[0]) if unknown else "there was nobody to kill", sizes)
        return Verdict(PROVED, "whoever dies, wherever: the others go on, and the data are right", sizes)

    def to_json(self) -> str:
        """As text, from which `from_json` makes the same again."""
        return json.dumps([{**vars(death), "verdict": json.loads(death.verdict.to_json())} for death in self.deaths])

    @classmethod
    def from_json(cls, text: str) -> Deaths:
        """What `to_json` wrote. Raises ValueError or TypeError for anything else."""
        return cls(tuple(Death(**{**death, "verdict": Verdict.from_json(json.dumps(death["verdict"]))})
                         for death in json.loads(text)))


def every_death(system: Callable[[], System], *, seconds: float = 60.0) -> Deaths:
    """`every_death_here` in a fresh process; for notebooks."""
    from ._fresh import call_in_fresh_process
    return Deaths.from_json(call_in_fresh_process(_to_json, system, seconds))


def every_death_here(system: Callable[[], System], *, seconds: float = 60.0, victims: Collection[str] | None = None,
                     runs: int | None = None) -> Deaths:
    """Kill each process of `system()` at each point of its life, in every interleaving with the others.

    Harm is a survivor that can never go on, or what the system's `check_after_death` finds wrong in the end; without
    one, an exception in a survivor. (Its `check` is not asked: it speaks of runs in which nobody dies.) The Final
    names the killed process. `victims` names those to be killed, if not all; `runs` is how many runs each death may
    take, see `explore_here`. This process must have one thread.
    """
    deadline, deaths = time.monotonic() + seconds, []
    try:
        with Engine(system) as engine:
            names = list(engine.names)
        for victim, name in enumerate(names):
            if victims is None or name in victims:
                deaths += _deaths_of(system, victim, deadline, runs)
    except CannotGoOn as reason:
        deaths.append(Death("somebody", 0, "", Verdict(NOT_FINISHED, str(reason))))
    return Deaths(tuple(deaths))


class _Mortal(System):
    """Asked about the runs with the death only: what goes wrong in one without would end the search before a death."""

    def wrong(self, final: Final) -> str:
        return super().wrong(final) if final.killed else ""


def _deaths_of(system: Callable[[], System], victim: int, deadline: float, runs: int | None) -> Iterator[Death]:
    """Killed before its first operation, after one, after two, … until it does no more."""
    def mortal() -> System:
        made = system()
        return _Mortal(*made.processes, check=made.check_after_death, may_stick=made.may_stick)

    for operations in itertools.count():
        with Engine(mortal, death=(victim, operations)) as engine:
            verdict = Exploration(engine, deadline, runs).verdict(shortest=False, must_conflict=False)
            if engine.deaths or verdict.status == NOT_FINISHED:      # the latter: it might have come so far
                yield Death(engine.names[victim], operations, engine.last_words, verdict)
            if not engine.deaths:
                return


def _to_json(system: Callable[[], System], seconds: float) -> str:
    return every_death_here(system, seconds=seconds).to_json()
