"""The sentences that a student reads: what is wrong, in terms of the lesson; never a traceback, never the solution."""

from __future__ import annotations

import json
from typing import Any

from .rules import Refusal
from .story import Story
from .verdict import Verdict

__all__ = ["at_rest", "grader", "interrupted", "never_handled", "no_cell", "refused", "right", "spoiled", "too_long",
           "unfinished", "untouched"]


def right(task: str, instants: int) -> Verdict:
    return Verdict(task, "right", f"Right. The signal came at each of {instants} instants, and every time all was as "
                                  "it should be.", instants=instants)


def no_cell(task: str) -> Verdict:
    return Verdict(task, "no cell", "The notebook has no cell for this task. Take a fresh copy of the lab and put your "
                                    "solution into the cell that begins with `%%task " + task + "`.")


def untouched(verdict: Verdict) -> Verdict:
    data = verdict.plain() | {"kind": "untouched", "sentence": "This task is as it was handed out. " + verdict.sentence}
    return Verdict.from_plain(data)


def refused(task: str, refusal: Refusal) -> Verdict:
    return Verdict(task, refusal.kind, f"Line {refusal.line}: {refusal.sentence}", line=refusal.line)


def spoiled(task: str) -> Verdict:
    return Verdict(task, "spoiled", "Your code ended the process that was to watch it, or spoiled what that process "
                                    "had to say, so this check could not be passed.")


def grader(task: str, why: str) -> Verdict:
    return Verdict(task, "grader", f"This check could not be judged, and that is not your fault: {why}. "
                                   "Please tell your instructor.")


def too_long(task: str, story: Story) -> Verdict:
    return Verdict(task, "too much time", "The check ran out of time: your code takes far longer than this task needs.",
                   section=story.section)


def unfinished(task: str, notes: list[str]) -> Verdict:
    if any("instants" in note for note in notes):
        return Verdict(task, "too many instants", "Your code takes so many steps that not every instant could be "
                                                  "tried. Is there a loop that could be shorter?")
    return Verdict(task, "spoiled", "Your code did not run twice in the same way, so not every instant could be tried.")


def never_handled(task: str, story: Story) -> Verdict:
    return Verdict(task, "blocked", "There was no instant at which the signal could come through: it is blocked all "
                                    "the time. Block it only where it would do harm.", section=story.section)


def at_rest(task: str, story: Story, found: dict[str, Any], expected: dict[str, Any]) -> Verdict:
    """What to say when it goes wrong without any signal."""
    kind, sentence, came, should = _at_rest(found, found["line"], expected)
    return Verdict(task, kind, sentence, line=found["line"], came=came, should=should, section=story.section)


def _at_rest(found: dict[str, Any], line: int, expected: dict[str, Any]) -> tuple[str, str, str, str]:
    where = f" in line {line} of your cell" if line else ""
    when = "when your cell is run" if found["phase"] == "loading" else "even when no signal comes"
    match found["how"]:
        case "missing":
            return "missing", f"Your cell does not define `{_clean(found['detail'])}`, which this task needs.", "", ""
        case "raised":
            return "failed", f"There is an error{where}, {when}: {_clean(found['detail'])}.", "", ""
        case "stuck":
            return "stuck", f"Your code waits for ever, {when}: it waits for something that nobody will do.", "", ""
        case "died":
            return "died", f"Your code ended its own process, {when}.", "", ""
        case "unfinished":
            return "endless", f"Your code does not come to an end, {when}. Is there a loop that never stops?", "", ""
    came, should = difference(found["observation"], expected)
    return "failed", f"Even when no signal comes, {came}; {should}.", came, should


def interrupted(task: str, story: Story, outcomes: list[dict], wrong: list[dict], expected: dict[str, Any],
                complete: bool) -> Verdict:
    """What to say about the first instant at which it went wrong, first of all one that this CPython really has."""
    worst = next((o for o in wrong if o["reachable"]), wrong[0])
    line = _line(outcomes, worst)
    kind, sentence, came, should = _interrupted(story, worst, expected)
    note = "" if worst["reachable"] else ("The Python that ran this check happens not to look for signals at these "
                                          "instants; the language allows it, and other versions do.")
    return Verdict(task, kind, f"{_when(worst, line)}, {sentence}.", line=line, came=came, should=should,
                   section=story.section, note=note,
                   instants=len(outcomes) * complete, wrong=len(wrong) * complete)


def _line(outcomes: list[dict], worst: dict) -> int:
    """The student's line that was being executed: for an instant in a queue's code, the line that had called it."""
    before = [o["line"] for o in outcomes[: worst["index"] + 1] if o["mine"]]
    return before[-1] if before and (worst["mine"] or worst["function"] != "main") else 0


def _when(worst: dict, line: int) -> str:
    if worst["call"]:
        return f"When {worst['signal']} came while your code waited in line {line}"
    if not line:
        return f"When {worst['signal']} came just before or just after your code ran"
    if not worst["mine"]:
        return f"When {worst['signal']} came inside what line {line} of your cell calls (`{_clean(worst['function'])}`)"
    return f"When {worst['signal']} came at line {line} of your cell (in `{_clean(worst['function'])}`)"


def _interrupted(story: Story, worst: dict, expected: dict[str, Any]) -> tuple[str, str, str, str]:
    match worst["how"]:
        case "raised":
            because = f": {story.raised}" if story.raised else ""
            return "raised", f"your code failed with {_clean(worst['detail'])}{because}", "", ""
        case "stuck":
            return "stuck", story.stuck or ("your code waited for ever: what it waited for was held by the code that "
                                            "had been interrupted"), "", ""
        case "died":
            return "died", "your code ended its own process", "", ""
        case "unfinished":
            return "endless", "your code did not come to an end", "", ""
    observation = worst["observation"]
    if isinstance(observation, dict) and observation.get("pending"):
        return "blocked", ("it was still blocked when the work was done, so that its handler never ran; let it "
                           "through again, in every case"), "", ""
    came, should = difference(observation, expected)
    because = f": {story.differs}" if story.differs else ""
    return "differs", f"{came}{because}; {should}", came, should


def difference(observation: Any, expected: dict[str, Any]) -> tuple[str, str]:
    """What came out and what should have, naming only what differs."""
    seen = observation.get("seen") if isinstance(observation, dict) else None
    if not isinstance(seen, dict):
        return "nothing usable came out", f"it should have been {_said(expected)}"
    parts = [name for name in expected if json.dumps(seen.get(name)) != json.dumps(expected[name])]
    came = " and ".join(f"{name} came out as {_said(seen.get(name))}" for name in parts)
    return came, "it should be " + " and ".join(_said(expected[name]) for name in parts)


def _said(value: Any) -> str:
    return _clean(repr(value))


def _clean(value: Any) -> str:
    """Text that came out of the box, fit for a sentence: printable, on one line, not too long."""
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(value))
    return text if len(text) <= 200 else text[:200] + "…"
