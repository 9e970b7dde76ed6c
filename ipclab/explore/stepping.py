"""Be the scheduler: decide step by step which process passes next, on the real processes, with undo.

    with Stepper(system) as stepper:
        stepper.now.may              # ("a", "b")
        stepper.step("a")
        stepper.undo()

`Elsewhere` is the same for a notebook, whose own process has too many threads. Both give plain data and draw nothing.
Undoing starts a new run of the real processes, which repeats the way without the last step.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import select
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from .. import errors
from ..trace import Trace
from ._ahead import BADLY, Ahead, Outlook
from ._engine import Engine
from ._states import CannotGoOn, Outcome, State
from .system import System

__all__ = ["Ahead", "Elsewhere", "Now", "Stepper"]

GLANCE = 0.3                         # seconds for looking ahead where nobody has asked,
SMALL = 1000                         # and so many steps at least: of a small system all is known on any machine


@dataclass(frozen=True)
class Now:
    """Where the run stands."""

    step: int                        # how many steps were taken
    may: tuple[str, ...]             # the processes that may pass
    ended: tuple[str, ...]           # the processes that have come to their end
    about: dict[str, str]            # process → what it is about to do, or how it ended
    wrong: str                       # once nobody may pass: what is wrong with this end, or ""

    @property
    def over(self) -> bool:
        return not self.may

    def must_allow(self, process: str) -> None:
        """Raise Misuse if `process` may not pass now."""
        if process in self.may:
            return
        may = f"{', '.join(self.may) or 'nobody'} may pass now"
        what = self.about.get(process)
        why = f"There is no such process; {may}." if what is None else \
              f"It has ended; {may}." if process in self.ended else f"It would have to wait for {what}; {may}."
        raise errors.Misuse("step", f"process {process!r}", hint=why)


class Stepper:
    """A run of `system()` whose schedule is decided from outside. This process must have one thread."""

    def __init__(self, system: Callable[[], System]):
        self._system, self._engine = system, Engine(system)
        self._states: list[State] = []
        self._outlook: Outlook | None = None
        self._opened = contextlib.ExitStack()

    def __enter__(self) -> Stepper:
        with contextlib.ExitStack() as opened:
            opened.enter_context(self._engine)
            self._engine.telling = True
            self._states = [self._engine.go_to()]
            self._opened = opened.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    @property
    def now(self) -> Now:
        """Who may pass, what each process is about to do, and who has ended."""
        engine, state = self._engine, self._states[-1]
        about = {name: str(what) for name, what in zip(engine.names, state.pending, strict=True)}
        ended = tuple(name for name, what in zip(engine.names, state.pending, strict=True) if isinstance(what, Outcome))
        wrong = "" if state.enabled else engine.system.wrong(engine.final(state))
        return Now(len(state.schedule), tuple(engine.names[p] for p in state.enabled), ended, about, wrong)

    @property
    def schedule(self) -> tuple[str, ...]:
        """Who passed so far."""
        return tuple(self._engine.names[p] for p in self._states[-1].schedule)

    def step(self, process: str) -> Now:
        """Let `process` perform its pending operation. Raises Misuse if it may not pass now."""
        self.now.must_allow(process)
        self._states.append(self._engine.step(self._states[-1], self._engine.names.index(process)))
        return self.now

    def undo(self) -> Now:
        """Take the last step back. At the beginning, nothing happens."""
        return self.go(self.schedule[:-1])

    def go(self, way: tuple[str, ...]) -> Now:
        """Be where the processes have acted in this order. Raises Misuse where one of them may not pass."""
        same = len(os.path.commonprefix([self.schedule, way]))
        if same < len(self.schedule):
            del self._states[same + 1:]
            self._engine.go_to(self._states[-1] if same else None)
        for process in way[same:]:
            self.step(process)
        return self.now

    def ahead(self, seconds: float = 20.0, at_least: int = 0, unless: Callable[[], bool] = lambda: False) -> Ahead:
        """What can still become of this run, tried out on processes beside it: for so many seconds, and at least so
        many steps, but not beyond `unless()`."""
        if self._outlook is None:
            self._outlook = self._opened.enter_context(Outlook(self._system))
        deadline, steps = time.monotonic() + seconds, itertools.count()
        return self._outlook.after(
            self.schedule, lambda: next(steps) >= at_least and time.monotonic() > deadline or unless())

    def who_leads_to_failure(self) -> str:
        """The process that has to pass now for the run to fail. Raises Misuse if `ahead` has found no such way."""
        who = self._outlook.next(self.schedule, BADLY) if self._outlook else None
        if who is None:
            raise errors.Misuse("who_leads_to_failure", "this run", hint="No way from here is known to fail.")
        return who

    def trace(self) -> Trace:
        """What has happened so far, for drawing; and, without an end, what each process is about to do."""
        return self._engine.trace()


class Elsewhere:
    """A Stepper in a fresh process, which ends at `close`, or with this process, however that ends.

    `now`, `ahead` and `trace` say how things stand. If the process was closed, or lost, the next call starts another
    one, which goes the same way.
    """

    def __init__(self, system: Callable[[], System]):
        self._system, self._talk = system, None
        self.schedule: tuple[str, ...] = ()
        self.go(())

    def step(self, process: str) -> Now:
        """Let `process` perform its pending operation. Raises Misuse if it may not pass now."""
        self.now.must_allow(process)
        return self.go((*self.schedule, process))

    def undo(self) -> Now:
        """Take the last step back. At the beginning, nothing happens."""
        return self.go(self.schedule[:-1])

    def go(self, way: tuple[str, ...], seconds: float = GLANCE) -> Now:
        """Be where the processes have acted in this order, and look ahead from there for so many seconds.

        Raises RunError if the system cannot be run one step at a time, and says why.
        """
        said = self._ask({"way": way, "seconds": seconds})
        self.schedule, now = tuple(way), said["now"]
        self.now = Now(**{**now, "may": tuple(now["may"]), "ended": tuple(now["ended"])})
        self.ahead, self.trace = Ahead(**said["ahead"]), Trace.from_json(said["trace"])
        return self.now

    def towards_failure(self) -> Now:
        """Take a step of a way that fails. Raises Misuse if none is known."""
        return self.step(self._ask({"way": self.schedule, "seconds": GLANCE, "who": True})["who"])

    def close(self) -> None:
        """End the process and all that it has. Twice does no harm."""
        if self._talk:
            self._talk.close()
        self._talk = None

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        from ._fresh import Talk
        if self._talk is None or not self._talk.lives:
            self._talk = Talk(_answers, self._system)
        said = json.loads(self._talk.ask(json.dumps(question)))
        if "misuse" in said:
            raise errors.Misuse(*said["misuse"])
        if "error" in said:
            self.close()
            raise errors.RunError(said["error"])
        return said


def _answers(system: Callable[[], System], questions: Iterable[str]) -> Iterator[str]:
    """What the other process does: for each question, be there, and say how things stand."""
    try:
        with Stepper(system) as stepper:
            for question in map(json.loads, questions):
                try:
                    said = _answer(stepper, **question)
                except errors.Misuse as error:
                    said = {"misuse": error.args}
                yield json.dumps(said)
    except CannotGoOn as reason:
        yield json.dumps({"error": str(reason)})


def _answer(stepper: Stepper, way: list[str], seconds: float, who: bool = False) -> dict[str, Any]:
    now = stepper.go(tuple(way))
    ahead = stepper.ahead(seconds, SMALL, _somebody_speaks)
    if who:
        return {"who": stepper.who_leads_to_failure()}
    return {"now": asdict(now), "ahead": asdict(ahead), "trace": stepper.trace().to_json()}


def _somebody_speaks() -> bool:
    """A question while one is being answered? Nobody waits for the answer any more: most likely, it is the end."""
    return bool(select.select([0], [], [], 0)[0])
