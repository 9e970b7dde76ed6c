"""Judges a system of processes: each end that the explorer came to, and then what it found in all."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace
from typing import Any

from ..explore.verdict import Verdict as Found
from ..trace import Event
from . import telling
from .account import Explored
from .story import SOLUTION, Interleavings
from .verdict import Verdict

__all__ = ["decided", "judged"]


FAILED = re.compile(r"Failed: (\d{1,6}) (.*)", re.DOTALL)


def judged(story: Interleavings, end: dict[str, Any]) -> tuple | None:
    """(kind, sentence, line if it is known) for an end that is wrong; None for one that is right."""
    for name, error in end["raised"].items():
        line, what = FAILED.fullmatch(str(error)).groups()   # anything else is not the worker's
        return (*telling.raised_in(story, str(name), int(line), what), int(line))
    waiting = [str(name) for name in end["stuck"] if name not in story.may_wait]
    if waiting:
        return telling.wait_for_ever(story, waiting, end["killed"])
    if end["unusable"]:
        return telling.unusable(end["unusable"])
    try:
        said = story.wrong(end["seen"], end["killed"])
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        return telling.unusable(str(error))
    if said is None:
        expected = story.expected()
        said = "" if _text(end["seen"]) == _text(expected) else telling.not_as_expected(end, expected)
    return telling.differs(story, said, end["killed"]) if said else None


def _text(value: Any) -> str:
    """1, 1.0 and True are three different things."""
    return json.dumps(value, sort_keys=True)


def decided(task: str, story: Interleavings, account: Explored, before: Verdict) -> Verdict:
    """The verdict on one story's account; right only if the explorer proved it and every end it asked for is right."""
    if not account.ready:
        return telling.grader(task, "the box could not be started")
    if account.trouble == "spoiled":
        return telling.spoiled(task)
    if not account.at_rest or not account.complete:
        return telling.too_long(task, story)
    if account.at_rest["how"] != "returned":
        return telling.at_rest(task, story, account.at_rest, {})
    if account.no_plan:
        return telling.no_plan(task, story, account.no_plan)
    return _found(task, story, account.found, account.ends, before)


def _found(task: str, story: Interleavings, found: Found, ends: list[Any], before: Verdict) -> Verdict:
    number = found.reason.rpartition(": ")[2]                # "ann killed after P mutex: 3"
    if found.refuted and number.isdecimal() and int(number) < len(ends) and ends[int(number)]:
        kind, sentence, *line = ends[int(number)]
        told = replace(_of_the_cell(found), reason=sentence)
        return Verdict(task, kind, sentence, line=line[0] if line else _line(told), section=story.section, facts=_facts(told),
                       run={"interleaving": json.loads(told.to_json())})
    if found.proved and ends and not any(ends):
        return replace(before, ends=before.ends + len(ends), deaths=before.deaths + found.sizes.get("deaths", 0))
    return telling.not_explored(task, story, found.reason)


def _of_the_cell(found: Found) -> Found:
    """The run with the lines of the student's cell only, not those of the check's own code, and with steps for times:
    the same submission, the same picture."""
    if not found.trace:
        return replace(found, story=())
    times = {time for event in found.trace.events for time in (event.start, event.end) if time is not None}
    rank = {time: number for number, time in enumerate(sorted(times))} | {None: None}

    def told(event: Event) -> Event:
        event = replace(event, start=rank[event.start], end=rank[event.end])
        return event if event.file == SOLUTION else replace(event, line=0, file="", function="")

    return replace(found, story=(), trace=replace(found.trace, events=tuple(map(told, found.trace.events))))


def _line(found: Found) -> int:
    """The student's line at the critical step; else the last at which somebody waits, or that did something."""
    if not found.trace:
        return 0
    if found.critical is not None and found.critical < len(found.schedule):
        who = found.schedule[found.critical]
        key = who, found.schedule[:found.critical].count(who)
        critical = [event.line for event in found.trace.events if event.key == key and event.line]
        if critical:
            return critical[0]
    events = sorted((e for e in found.trace.events if e.line), key=lambda e: (e.end is None, e.end))
    return events[-1].line if events else 0


def _facts(found: Found) -> dict[str, Any]:
    """What can be predicted: of the shortest failing run, or of all deaths."""
    switches = sum(a != b for a, b in itertools.pairwise(found.schedule))
    return {"steps": len(found.schedule), "switches": switches, "harmful deaths": found.sizes.get("harmful", 0)}
