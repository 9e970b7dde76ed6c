"""The sentences that a student reads: what is wrong, in terms of the lesson; never a traceback, never the solution."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from .rules import Refusal
from .story import Interleavings, Story
from .verdict import Verdict

__all__ = ["at_rest", "differs", "first_of", "grader", "interrupted", "leaves", "never_handled", "no_cell", "no_plan",
           "not_as_expected", "not_explored", "raised_in", "refused", "right", "spoiled", "too_long", "unfinished",
           "untouched", "unusable", "wait_for_ever"]


def right(verdict: Verdict) -> Verdict:
    """`verdict` with the sentence for a check whose stories all ended well."""
    told = []
    if verdict.instants:
        told.append(f"The signal came at each of {verdict.instants} instants, and every time all was as it should be.")
    if verdict.ends:
        told.append("The processes took turns in every order in which they can, and every time all was as it should be.")
    if verdict.deaths:
        told.append(f"Processes were killed at each of {verdict.deaths} moments, and every time the others got through.")
    return replace(verdict, sentence=" ".join(["Right.", *told]))


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
    return Verdict(task, "grader", f"This check could not be judged, and that is not your fault: {_ended(why)} "
                                   "Please tell your instructor.")


def too_long(task: str, story: Story | Interleavings) -> Verdict:
    return Verdict(task, "too much time", "The check ran out of time: your code takes far longer than this task needs.",
                   section=story.section)


def leaves(task: str, story: Story) -> Verdict:
    return Verdict(task, "leaves", "All comes out right, but your code leaves behind what it has opened or started. "
                                   "Close it when you are done, on every way out.", section=story.section)


def unfinished(task: str, notes: list[str]) -> Verdict:
    if any("instants" in note for note in notes):
        return Verdict(task, "too many instants", "Your code takes so many steps that not every instant could be "
                                                  "tried. Is there a loop that could be shorter?")
    return Verdict(task, "spoiled", "Your code did not run twice in the same way, so not every instant could be tried.")


def never_handled(task: str, story: Story) -> Verdict:
    return Verdict(task, "blocked", "There was no instant at which the signal could come through: it is blocked all "
                                    "the time. Block it only where it would do harm.", section=story.section)


def at_rest(task: str, story: Story | Interleavings, found: dict[str, Any], expected: dict[str, Any]) -> Verdict:
    """What to say when it goes wrong without any signal, or before the processes start."""
    when = story.undisturbed if isinstance(story, Story) else "before the processes start"
    when = "when your cell is run" if found["phase"] == "loading" else when
    if found["how"] == "returned" and getattr(story, "waits", False):
        return Verdict(task, "failed", f"{_upper(when)}, your code goes on; it should wait for one.",
                       section=story.section)
    kind, sentence, came, should = _at_rest(found, found["line"], when, expected)
    return Verdict(task, kind, sentence, line=found["line"], came=came, should=should, section=story.section)


def _at_rest(found: dict[str, Any], line: int, when: str, expected: dict[str, Any]) -> tuple[str, str, str, str]:
    where = f" in line {line} of your cell" if line else ""
    match found["how"]:
        case "missing":
            return "missing", f"Your cell does not define `{_clean(found['detail'])}`, which this task needs.", "", ""
        case "raised":
            return "failed", f"There is an error{where}, {when}: {_ended(_clean(found['detail']))}", "", ""
        case "stuck":
            return "stuck", f"Your code waits for ever, {when}: it waits for something that nobody will do.", "", ""
        case "died":
            return "died", f"Your code ended its own process, {when}.", "", ""
        case "unfinished":
            return "endless", f"Your code does not come to an end, {when}. Is there a loop that never stops?", "", ""
    came, should = difference(found["observation"], expected)
    return "failed", _ended(f"{_upper(when)}, {came}; {should}"), came, should


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def interrupted(task: str, story: Story, outcomes: list[dict], wrong: list[dict], expected: dict[str, Any],
                complete: bool) -> Verdict:
    """What to say about the first instant at which it went wrong, first of all one that this CPython really has."""
    worst = first_of(wrong)
    line = _line(outcomes, worst)
    kind, sentence, came, should = _interrupted(story, worst, expected)
    note = "" if worst["reachable"] else ("The Python that ran this check happens not to look for signals at these "
                                          "instants; the language allows it, and other versions do.")
    return Verdict(task, kind, _ended(f"{_when(worst, line)}, {sentence}"), line=line, came=came, should=should,
                   section=story.section, note=note,
                   instants=len(outcomes) * complete, wrong=len(wrong) * complete)


def first_of(wrong: list[dict]) -> dict:
    """The first instant that this CPython really has, best of all in the student's own lines; else the first of all."""
    real = [o for o in wrong if o["reachable"]]
    return next((o for o in real if o["mine"]), (real or wrong)[0])


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
            return "raised", f"your code failed with {_clean(worst['detail']).removesuffix(': ').removesuffix('.')}{because}", "", ""
        case "stuck":
            return "stuck", story.stuck or ("your code waited for ever: what it waited for was held by the code that "
                                            "had been interrupted"), "", ""
        case "died" if worst["detail"] == f"killed by {worst['signal']}":
            return "died", "it ended your process, as is its default action: it met no handler, and nothing that " \
                           "ignored or blocked it", "", ""
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


# Of processes that take turns: (kind, sentence) for an end that is wrong.

def raised_in(story: Interleavings, who: str, line: int, error: str) -> tuple[str, str]:
    where = f" in line {line} of your cell" if line else ""
    return "raised", _ended(f"{_clean(who)} failed{where} with {_clean(error).removesuffix('.')}{_because(story.raised)}")


def wait_for_ever(story: Interleavings, who: list[str], killed: str) -> tuple[str, str]:
    names = " and ".join(_clean(name) for name in who)
    when = f"After {_clean(killed)} was killed, " if killed else ""
    return "stuck", _ended(f"{when}{names} {'wait' if len(who) > 1 else 'waits'} for ever{_because(story.stuck)}")


def not_as_expected(end: dict[str, Any], expected: dict[str, Any]) -> str:
    came, should = difference({"seen": end["seen"]}, expected)
    return f"{came}; {should}"


def differs(story: Interleavings, what: str, killed: str) -> tuple[str, str]:
    when = f"after {_clean(killed)} was killed, " if killed else ""
    return "differs", _ended(f"It can end like this: {when}{what}{_because(story.differs)}")


def unusable(why: str) -> tuple[str, str, int]:
    return "differs", ("What came out cannot be used: does each of your functions return what the task asks for? "
                       f"({_clean(why)})"), 0        # no line of the run is to blame


def _because(words: str) -> str:
    return f": {words}" if words else ""


def no_plan(task: str, story: Interleavings, sentence: str) -> Verdict:
    return Verdict(task, "no plan", f"The processes could not be started: {_ended(_clean(sentence))}", section=story.section)


def not_explored(task: str, story: Interleavings, reason: str) -> Verdict:
    """Neither proved nor refuted: why, in a student's words."""
    for words, kind, sentence in NOT_EXPLORED:
        if words in reason:
            return Verdict(task, kind, sentence, section=story.section)
    return Verdict(task, "spoiled", f"The processes could not be watched to their ends: {_ended(_clean(reason))}",
                   section=story.section)


NOT_EXPLORED = [
    ("were cut off", "busy", "A process goes round in a loop and never gets through, while it should sleep until "
                             "another wakes it. Waiting in a loop is busy waiting; wait in an operation that blocks."),
    ("too many runs", "too many orders", "There are too many orders in which the processes can take turns. Your code "
                                         "does more operations than this task needs."),
    ("the time was up", "too much time", "The check ran out of time: your code takes far longer than this task needs."),
    ("no two processes", "apart", "The processes never touched the same thing, so they cannot have worked together. "
                                  "Does your code use the objects that it is given?"),
    ("came to no operation", "endless", "A process does not come to an end, and does nothing that the others could "
                                        "see. Is there a loop that never stops?"),
    (" died, or", "died", "A process ended by itself, or caught the exception with which its run is ended. Catch only the "
                          "exceptions that you expect."),
    ("outside the gate", "refused", "A process waits in a way that the other processes have no part in. Wait in an "
                                    "operation of the objects that your code is given."),
    ("has a time limit", "refused", "This task does without `timeout=`: how long something takes is nobody's to know. "
                                    "Leave it out, or use the `_nowait` form."),
    ("have the label", "no plan", "Two things have the same name here; call your semaphores otherwise."),
    ("not the same each time", "spoiled", "Your code did not run twice in the same way, so not every order could be "
                                          "tried."),
]


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


def _ended(sentence: str) -> str:
    """With one full stop, also where it ends with the words of an error, which may bring their own."""
    return sentence if sentence.endswith((".", "!", "?", "…")) else sentence + "."


def _clean(value: Any) -> str:
    """Text that came out of the box, fit for a sentence: printable, on one line, not too long."""
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(value))
    return text if len(text) <= 200 else text[:200] + "…"
