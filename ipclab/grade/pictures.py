"""The picture of a student's own failing run, from the plain data in a verdict."""

from __future__ import annotations

import json
from base64 import b64encode
from hashlib import sha256

from ..draw.interrupted import interrupted
from ..draw.picture import Picture, package_file
from ..draw.spacetime import space_time
from ..trace import Trace
from .verdict import Verdict

__all__ = ["picture", "script_hash"]


def picture(verdict: Verdict, source: str | None = None) -> Picture | None:
    """The failing run that `verdict` speaks of, to step through; None if there is nothing to show."""
    if "interrupted" in verdict.run:
        return _interrupted(verdict, source or "")
    if "interleaving" in verdict.run:
        trace = verdict.run["interleaving"].get("trace")
        return trace and space_time(Trace.from_json(json.dumps(trace)), title=f"{verdict.task}: your processes’ run")
    return None


def script_hash() -> str:
    """What a page's Content-Security-Policy says to allow the script of these pictures and no other."""
    return f"'sha256-{b64encode(sha256(package_file('step.js').encode()).digest()).decode()}'"


def _interrupted(verdict: Verdict, source: str) -> Picture:
    steps = verdict.run["interrupted"]["steps"]
    return interrupted(steps, source, f"{verdict.task}: your own run, {_when(verdict)}", _ending(verdict))


def _when(verdict: Verdict) -> str:
    run = verdict.run["interrupted"]
    strike = next((step for step in run["steps"] if step["what"] == "strike"), None)
    if strike:
        return f"{strike['signal']} comes" + (f" at line {strike['line']}" if strike["line"] else "")
    return f"the signal comes while line {verdict.line} waits" if run["waiting"] else "left alone"


def _ending(verdict: Verdict) -> str:
    match verdict.run["interrupted"]["how"]:
        case "returned" if verdict.came:
            return f"{verdict.came[:1].upper()}{verdict.came[1:]}; {verdict.should}."
        case "raised":
            return "It failed here."
        case "stuck":
            return "Here it waits for ever."
        case "died":
            return "Here the process was gone."
        case "unfinished":
            return "And so on, without end."
    return "It is over, and the signal is still blocked: its handler never ran."
