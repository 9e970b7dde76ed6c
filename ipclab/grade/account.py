"""What comes out of the box about one story: bounded plain data, taken line by line, each of its type and in its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..explore.verdict import Verdict as Found
from . import leaks

__all__ = ["Account", "Explored", "Instants"]

LONGEST_RUN = 400_000                # characters of a failing run that is worth a picture


@dataclass
class Account:
    """What every story begins with. `trouble` is "spoiled", "too much time" or "endless"."""

    goes_on: str = "returned"        # how the run at rest must have ended for more to be said
    ready: bool = False              # the worker is there; nothing of the student's has run yet
    at_rest: dict[str, Any] = field(default_factory=dict)
    trouble: str = ""
    complete: bool = False

    def add(self, line: bytes, nonce: str) -> None:
        """Take one line in, or find that it cannot be the worker's."""
        try:
            said = json.loads(line)
            if said.pop("nonce") != nonce or self.complete:
                raise ValueError("not this run's nonce, or nothing more was to be said")
            self._begin(**said) if not self.at_rest else self._go_on(**said)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self.trouble = "spoiled"

    def _begin(self, ready: bool = False, at_rest: dict | None = None) -> None:
        if ready is self.ready:
            raise ValueError("out of order")
        self.ready = True
        if at_rest is not None:
            self.at_rest = _typed(at_rest, AT_REST)
            leaks.checked(self.at_rest["left"])
            self.complete = at_rest["how"] != self.goes_on

    def _go_on(self, **said: Any) -> None:
        raise ValueError("nothing more was to be said")


@dataclass
class Instants(Account):
    """One outcome for each instant at which the signal came."""

    outcomes: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def _go_on(self, outcome: dict | None = None, end: int | None = None, notes: list | None = None) -> None:
        if outcome is not None:
            if outcome["index"] != len(self.outcomes):
                raise ValueError("an instant is missing")
            self.outcomes.append(_typed(outcome, OUTCOME))
            if outcome["how"] == "unfinished":
                self.trouble = "endless"             # decided; each further instant would take as long
        else:
            if end != len(self.outcomes):
                raise ValueError("instants are missing")
            self.notes, self.complete = [str(note) for note in notes], True


@dataclass
class Explored(Account):
    """One question for each different end that the explorer came to, and what it found in all.

    `judged(end)` says what is wrong with an end. The worker hears a number, not the words.
    """

    judged: Callable[[dict[str, Any]], Any] = lambda end: None
    answer: Callable[[str], None] = lambda number: None
    ends: list[Any] = field(default_factory=list)            # what `judged` said of each; None: all was right
    found: Found | None = None
    no_plan: str = ""                # a sentence: what the student's plan is not

    def _go_on(self, end: dict | None = None, no_plan: str | None = None, found: str | None = None) -> None:
        if end is not None:
            self.ends.append(self.judged(_typed(end, END)))
            self.answer(str(len(self.ends) - 1) if self.ends[-1] else "")
        elif no_plan is not None:
            self.no_plan, self.complete = str(no_plan), True
        else:
            self.found, self.complete = Found.from_json(found), True
            if len(found) > LONGEST_RUN:
                self.found = Found(self.found.status, self.found.reason, self.found.sizes)


AT_REST = {"how": str, "phase": str, "detail": str, "line": int, "observation": object, "left": dict}
OUTCOME = {"index": int, "mine": bool, "line": int, "function": str, "call": str, "occurrence": int, "reachable": bool,
           "signal": str, "how": str, "detail": str, "observation": object, "handled": bool}
END = {"seen": dict, "raised": dict, "stuck": list, "killed": str, "unusable": str}


def _typed(said: dict[str, Any], types: dict[str, type]) -> dict[str, Any]:
    """What the box said, each part of its type; a part that is left out is empty."""
    known = {name: said.get(name, kind() if kind is not object else None) for name, kind in types.items()}
    if set(said) - set(types) or any(not isinstance(known[name], kind) for name, kind in types.items()):
        raise ValueError("not what a worker says")
    return known
