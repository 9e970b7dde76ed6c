"""Be the scheduler: decide step by step which process passes next, on the real processes, with undo.

    with Stepper(system) as stepper:
        stepper.now.may              # ["a", "b"]
        stepper.step("a")
        stepper.undo()

It gives plain data and draws nothing. Undoing starts a new run of the real processes and repeats the way without the
last step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .. import errors
from ..trace import Trace
from ._engine import Engine
from ._states import Outcome, State
from .system import System

__all__ = ["Now", "Stepper"]


@dataclass(frozen=True)
class Now:
    """Where the run stands."""

    step: int                        # how many steps were taken
    may: tuple[str, ...]             # the processes that may pass
    about: dict[str, str]            # process → what it is about to do, or how it ended
    wrong: str                       # once nobody may pass: what is wrong with this end, or ""

    @property
    def over(self) -> bool:
        return not self.may


class Stepper:
    """A run of `system()` whose schedule is decided from outside. This process must have one thread."""

    def __init__(self, system: Callable[[], System]):
        self._engine = Engine(system)
        self._states: list[State] = []

    def __enter__(self) -> Stepper:
        self._engine.__enter__()
        self._engine.telling = True
        try:
            self._states = [self._engine.go_to()]
        except BaseException:
            self._engine.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.__exit__()

    @property
    def now(self) -> Now:
        engine, state = self._engine, self._states[-1]
        about = {name: str(what) for name, what in zip(engine.names, state.pending, strict=True)}
        wrong = "" if state.enabled else engine.system.wrong(engine.final(state))
        return Now(len(state.schedule), tuple(engine.names[p] for p in state.enabled), about, wrong)

    @property
    def schedule(self) -> tuple[str, ...]:
        """Who passed so far."""
        return tuple(self._engine.names[p] for p in self._states[-1].schedule)

    def step(self, process: str) -> Now:
        """Let `process` perform its pending operation. Raises Misuse if it may not pass now."""
        if process not in self.now.may:
            raise errors.Misuse("step", f"process {process!r}", hint=self._why_not(process))
        self._states.append(self._engine.step(self._states[-1], self._engine.names.index(process)))
        return self.now

    def _why_not(self, process: str) -> str:
        may = ", ".join(self.now.may) or "nobody"
        if process not in self._engine.names:
            return f"There is no such process; {may} may pass now."
        what = self._states[-1].pending[self._engine.names.index(process)]
        why = "has ended" if isinstance(what, Outcome) else f"would have to wait for {what}"
        return f"It {why}; {may} may pass now."

    def undo(self) -> Now:
        """Take the last step back. At the beginning, nothing happens."""
        if len(self._states) > 1:
            self._states.pop()
            before = self._states[-1]
            self._engine.go_to(before if before.schedule else None)
        return self.now

    def trace(self) -> Trace:
        """What has happened so far, for drawing."""
        return self._engine.trace()
