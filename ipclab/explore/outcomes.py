"""What a signal sweep found: where each signal came and what became of the run. Plain data, to and from JSON.

The sweep may run where it cannot be trusted. So `Sweep.from_json` takes nothing but what has the declared form, and
`Sweep.verdict` judges from the observations alone.
"""

from __future__ import annotations

import json
import signal
from dataclasses import asdict, dataclass, fields
from typing import Any

from .verdict import NOT_FINISHED, PROVED, REFUTED, Verdict

__all__ = ["Instant", "Outcome", "Sweep"]


@dataclass(frozen=True)
class Instant:
    """Where a signal came: just before `instruction` of `line`, for the `occurrence`-th time; or in a blocked call."""

    index: int
    file: str
    line: int
    function: str
    instruction: str                 # "" for one that came inside a blocked call
    occurrence: int
    reachable: bool                  # True: this CPython looks for signals here; False: only the language allows it
    signal: int
    call: str = ""                   # the system call that was interrupted
    outer: Instant | None = None     # where the first signal came, if this one came inside its handler

    def __str__(self) -> str:
        what = f"inside {self.call}()" if self.call else f"before {self.instruction}"
        times = f", time {self.occurrence}" if self.occurrence > 1 else ""
        return f"{signal.Signals(self.signal).name} in {self.function}, line {self.line}, {what}{times}"


@dataclass(frozen=True)
class Outcome:
    """What became of the run that was interrupted at `instant`; `instant` is None for the run without a signal."""

    instant: Instant | None
    how: str                         # returned, raised, stuck, died, unfinished
    detail: str = ""                 # the exception, the blocking call, the killing signal
    observation: Any = None          # what observe() returned (returned and raised only)
    handled: bool = False            # the signal met a handler that could run at once

    def __str__(self) -> str:
        said = json.dumps(self.observation, ensure_ascii=False) if self.how == "returned" else self.detail
        return f"{self.how}: {said}"


@dataclass(frozen=True)
class Sweep:
    """All outcomes, as plain data. It goes to JSON and back."""

    outcomes: tuple[Outcome, ...] = ()
    undisturbed: Outcome | None = None
    notes: tuple[str, ...] = ()      # why the sweep is not complete; empty if it is
    python: str = ""

    @property
    def instants(self) -> tuple[Instant, ...]:
        """Where the signal came in each outcome."""
        return tuple(outcome.instant for outcome in self.outcomes)

    def failures(self, expected: Any) -> list[Outcome]:
        """The outcomes that are not as `expected`: a value, or a predicate that an observation must satisfy."""
        return [o for o in self.outcomes if o.how != "unfinished" and not _as_expected(o, expected)]

    def verdict(self, expected: Any) -> Verdict:
        """PROVED if at every instant main() returned and was observed as `expected`, a value or a predicate."""
        sizes = {"instants": len(self.outcomes), "reachable": sum(i.reachable for i in self.instants)}
        failures = self.failures(expected)
        if failures:
            return _refuted(failures, sizes)
        if reason := self._unfinished():
            return Verdict(NOT_FINISHED, reason, sizes)
        return Verdict(PROVED, "whenever the signal comes, the outcome is the expected one", sizes)

    def _unfinished(self) -> str:
        if self.notes:
            return "; ".join(self.notes)
        slow = [o for o in self.outcomes if o.how == "unfinished"]
        if slow:
            return f"{len(slow)} of {len(self.outcomes)} runs did not end ({slow[0].instant}: {slow[0].detail})"
        if not self.outcomes:
            return "there was no instant to interrupt: main() ran no code of yours"
        if not any(o.handled for o in self.outcomes):
            return "no signal ever met a handler: install one in arrange(), and do not block it all the time"
        return ""

    def to_json(self) -> str:
        """As text, from which `from_json` makes the same again."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Sweep:
        """The sweep that `to_json` wrote. Raises ValueError or TypeError for anything else."""
        data = json.loads(text)
        undisturbed = data["undisturbed"] and _outcome(data["undisturbed"])
        notes = tuple(str(note) for note in data["notes"])
        return cls(tuple(map(_outcome, data["outcomes"])), undisturbed, notes, str(data["python"]))


def _as_expected(outcome: Outcome, expected: Any) -> bool:
    if outcome.how != "returned":
        return False
    return bool(expected(outcome.observation)) if callable(expected) else outcome.observation == expected


def _refuted(failures: list[Outcome], sizes: dict[str, int]) -> Verdict:
    """The story is the first failure that this interpreter can really have, else the first of all."""
    worst = next((o for o in failures if o.instant.reachable), failures[0])
    real = "this CPython can be interrupted there" if worst.instant.reachable else \
        "the language allows it, though this CPython does not look for signals there"
    story = [str(i) for i in (worst.instant.outer, worst.instant) if i] + [str(worst), real]
    sizes = {**sizes, "failures": len(failures), "reachable failures": sum(o.instant.reachable for o in failures)}
    return Verdict(REFUTED, f"a signal at {len(failures)} of {sizes['instants']} instants changes the outcome", sizes,
                   tuple(story))


_HOW = ("returned", "raised", "stuck", "died", "unfinished")


def _outcome(data: Any) -> Outcome:
    made = _typed(Outcome, {**data, "instant": data["instant"] and _instant(data["instant"])})
    if made.how not in _HOW:
        raise ValueError(f"an outcome is one of {', '.join(_HOW)}, not {made.how!r}")
    return made


def _instant(data: Any) -> Instant:
    made = _typed(Instant, {**data, "outer": data["outer"] and _instant(data["outer"])})
    signal.Signals(made.signal)
    return made


def _typed(kind: type, data: dict) -> Any:
    """`kind(**data)`, with every text, number and truth value of the type that it is declared to have."""
    declared = {f.name: {"str": str, "int": int, "bool": bool}.get(f.type, object) for f in fields(kind)}
    for name, value in data.items():
        if declared.get(name) is not object and type(value) is not declared.get(name):
            raise TypeError(f"{kind.__name__}.{name} cannot be {value!r:.50}")
    return kind(**data)
