"""What can still become of a run: whether some way on from here fails, and whether some way ends well.

Every way on is followed, on real processes, but no state is entered twice. What was once found out is kept, so the next
question, one step later, is mostly answered at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ._engine import Engine
from ._search import Walker
from ._states import CannotGoOn, State
from .system import System

__all__ = ["WELL", "BADLY", "Ahead", "Outlook"]

WELL, BADLY = "well", "badly"
LONGEST_RUN = 500                    # operations


@dataclass(frozen=True)
class Ahead:
    """What is known of all ways on from where a run stands, at this size of the system."""

    well: bool                       # some way ends well
    badly: bool                      # some way fails
    complete: bool                   # every way was followed: what is not said to be possible is impossible
    states: int                      # how many different states were seen so far
    hindered: str = ""               # why they cannot all be followed, if that is not for lack of time

    def __str__(self) -> str:
        if self.hindered:
            return f"Whether it can still fail is not known: {self.hindered}."
        if self.badly and self.well:
            return "From here some ways fail, and some end well."
        if self.complete:
            return "From here every way fails." if self.badly else "From here no way fails: proved, at this size."
        if self.badly:
            return "From here some ways fail. Whether one ends well is not known yet."
        return f"Whether it can still fail is not known yet: {self.states:,} states seen, and none where it has failed."


@dataclass(slots=True)
class _Visit:
    """A state on the way that is being followed, with those who have yet to be let go on there, and what came of it."""

    state: State
    todo: list[int]
    ends: set[str] = field(default_factory=set)


class Outlook:
    """Answers for one system. It has an engine, and so processes and objects, of its own."""

    def __init__(self, system: Callable[[], System]):
        self._engine = Engine(system, LONGEST_RUN)
        self._walker = Walker(self._engine)
        self._ends: dict[tuple, frozenset[str]] = {}         # of a state: how the runs through it end

    def __enter__(self) -> Outlook:
        self._engine.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.__exit__()

    def after(self, schedule: tuple[str, ...], time_is_up: Callable[[], bool]) -> Ahead:
        """What can become of a run in which these processes acted in this order."""
        try:
            state = self._state(schedule)
            ends, complete = self._follow(state, time_is_up)
        except CannotGoOn as reason:
            self._walker.at = None
            return Ahead(False, False, False, len(self._ends), str(reason))
        return Ahead(WELL in ends, BADLY in ends, complete, len(self._ends))

    def next(self, schedule: tuple[str, ...], end: str) -> str | None:
        """Who has to go on there for the run to end so; None if that is impossible, or not known."""
        state = self._state(schedule)
        ways = (p for p in state.enabled if end in self._ends.get(self._walker.step(state, p).key, ()))
        return next((self._engine.names[p] for p in ways), None)

    def _state(self, schedule: tuple[str, ...]) -> State:
        state = self._walker.first()
        for name in schedule:
            state = self._walker.step(state, self._engine.names.index(name))
        return state

    def _follow(self, start: State, time_is_up: Callable[[], bool]) -> tuple[set[str], bool]:
        """Depth first: how runs end is known of a state once it is known of all that follow it. (No state can follow
        itself, since a process never forgets what it has seen.)"""
        way = [self._visit(start)]
        while way:
            visit = way[-1]
            if not visit.todo:
                way.pop()
                self._ends[visit.state.key] = frozenset(visit.ends)
                if not way:
                    return visit.ends, True
                way[-1].ends |= visit.ends
                continue
            if time_is_up():
                return set().union(*(each.ends for each in way)), False
            process = visit.todo.pop()
            key = self._engine.foresee(visit.state, process)
            if key in self._ends:
                visit.ends |= self._ends[key]
            else:
                way.append(self._visit(self._walker.step(visit.state, process)))
        raise AssertionError("a way has a beginning")

    def _visit(self, state: State) -> _Visit:
        known = self._ends.get(state.key)
        if known is not None:
            return _Visit(state, [], set(known))
        if state.enabled:
            return _Visit(state, list(state.enabled))
        if state.cut:
            raise CannotGoOn(f"a run can go on for more than {self._engine.longest} operations")
        return _Visit(state, [], {BADLY if self._engine.system.wrong(self._engine.final(state)) else WELL})
