"""The student's own failing run once more, told step by step: asked for by the judge, run in the box by the worker.

Nothing here decides anything. What comes out of the box is taken if it has the declared form, and if this run ended as
the judged one did.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import CodeType
from typing import TYPE_CHECKING, Any

from ..explore.instants import tell_here
from .account import Account
from .story import SOLUTION
from .verdict import Verdict

if TYPE_CHECKING:
    from .worker import Run

__all__ = ["MOST", "Told", "released_at_rest", "told", "which", "with_run"]

MOST, BEFORE = 120, 50               # steps shown; of these before the signal
MOST_VALUES, LONGEST = 32, 80        # names and values of one step; characters of any text
STEP = {"what": str, "depth": int, "line": int, "function": str, "signal": str, "fate": str, "raised": str,
        "column": int, "end_column": int}
WHAT = {"line", "strike", "handler", "back"}
TELLABLE = {"failed", "differs", "raised", "stuck", "died", "endless", "blocked"}


# In the box

def told(run: Run, tell: dict[str, Any], inside: Callable[[Any], bool]) -> dict[str, Any]:
    """The run of which `tell` says when the signal comes."""
    steps, outcome = tell_here(run.scenario, tell["signal"], boundary=tell["boundary"], block=tell["block"],
                               inside=inside, mine=_mine, deadline=run.request["seconds"])
    looped = outcome.how == "died" and outcome.detail.endswith("SIGXCPU")
    return {"steps": _around_the_signal(steps), "how": "unfinished" if looped else outcome.how,
            "observation": outcome.observation}


def released_at_rest(run: Run, inside: Callable[[Any], bool]) -> dict[str, Any]:
    """What happens when no signal comes, in a story in which the outside world has a part."""
    steps, outcome = tell_here(run.scenario, None, inside=inside, mine=_mine, deadline=run.request["seconds"])
    line = next((step["line"] for step in reversed(steps) if step["line"]), 0)
    return {"how": outcome.how, "phase": "running", "detail": outcome.detail, "line": line,
            "observation": outcome.observation}


def _mine(code: CodeType) -> bool:
    return code.co_filename == SOLUTION


def _around_the_signal(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As many steps as a picture can show. The first of them knows what all before it had changed."""
    strike = next((n for n, step in enumerate(steps) if step["what"] == "strike"), 0)
    start = max(0, strike - BEFORE)
    known: dict[str, str] = {}
    for step in steps[:start]:
        known |= {**step.get("first", {}), **step["now"]}
    shown = steps[start:start + MOST]
    return [{**shown[0], "first": {**known, **shown[0].get("first", {})}}, *shown[1:]] if known and shown else shown


# At the judge

@dataclass
class Told(Account):
    """What the worker says to such a request."""

    steps: list[dict[str, Any]] = field(default_factory=list)
    how: str = ""
    observation: Any = None

    def _begin(self, ready: bool = False, told: dict | None = None) -> None:
        self.ready = self.ready or ready
        if told is not None:
            self.how, self.observation = str(told["how"]), told["observation"]
            self.steps, self.complete = [_step(step) for step in told["steps"][:MOST]], True


def _step(said: dict[str, Any]) -> dict[str, Any]:
    step = {name: said.get(name, kind()) for name, kind in STEP.items()}
    if step["what"] not in WHAT or any(type(step[name]) is not kind for name, kind in STEP.items()):
        raise ValueError("not a step")
    step |= {name: value[:LONGEST] if type(value) is str else min(max(value, 0), 100_000)
             for name, value in step.items()}
    return step | {"first": _values(said.get("first", {})), "now": _values(said.get("now", {}))}


def _values(said: dict[str, str]) -> dict[str, str]:
    return {str(name)[:LONGEST]: str(value)[:LONGEST] for name, value in list(said.items())[:MOST_VALUES]}


def which(outcomes: list[dict[str, Any]], worst: dict[str, Any] | None) -> dict[str, Any]:
    """How to come to that instant again; None: no signal comes."""
    if worst is None:
        return {"signal": None, "boundary": -1, "block": 0}
    before = [o for o in outcomes[:worst["index"]] if o["signal"] == worst["signal"]]
    blocked = sum(bool(o["call"]) for o in before)
    return {"signal": int(signal.Signals[worst["signal"]]),
            "boundary": -1 if worst["call"] else len(before) - blocked, "block": blocked + 1 if worst["call"] else 0}


def with_run(verdict: Verdict, at: dict[str, Any], tell: dict[str, Any],
             ask: Callable[[dict[str, Any]], Told]) -> Verdict:
    """`verdict` with the run that it speaks of, if that can be told. `at` is how that run had ended."""
    if verdict.kind not in TELLABLE or at.get("phase", "running") not in ("running", "observing"):
        return verdict
    again = ask({"tell": tell})
    if not again.steps or again.how != at["how"]:
        return verdict
    if again.how == "returned" and json.dumps(again.observation) != json.dumps(at["observation"]):
        return verdict
    run = {"steps": again.steps, "how": again.how, "waiting": bool(tell["block"])}
    return replace(verdict, run={"interrupted": run})
