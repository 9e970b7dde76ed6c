"""What a lab's notebook imports: `%%task` keeps a solution, `%%check` has it judged as grading does.

The text of the cell is judged, not what the kernel has in memory: in a process of its own, under real signals, by the
same judge that decides the grade. So what passes here passes there, as far as the stories are the same.
"""

from __future__ import annotations

import os

from IPython import get_ipython
from IPython.display import display

from . import errors
from .grade import leaks, pages, starting
from .grade.box import best
from .grade.judge import examine
from .grade.verdict import Verdict

__all__ = ["begin", "predict"]

_tasks: dict[str, str] = {}
_predicted: dict[str, dict[str, int | str]] = {}
_lab = ""                            # its name
# What can be predicted, and how a check tells it.
COUNTED = {"goes_wrong_at": "went wrong at", "switches": "had this many switches:", "steps": "had this many steps:",
           "harmful_deaths": "had this many harmful deaths:"}
COMES_TO = {"right": "right", "differs": "wrong", "stuck": "stuck", "busy": "busy", "raised": "error", "failed": "error"}


def begin(lab: str) -> None:
    """Make `%%task`, `%%check` and `%%reset` known to this notebook."""
    global _lab
    _lab, shell = lab, get_ipython()
    if shell is None:
        raise errors.Misuse("begin", f"lab {lab!r}", hint="Call it in a notebook: `jupyter lab` opens one.")
    shell.register_magic_function(_task, "cell", "task")
    shell.register_magic_function(_check, "cell", "check")
    shell.register_magic_function(_reset, "cell", "reset")
    box = best()
    print(f"The lab “{lab}” is ready." + ("" if box.safe else " There is no box here; `ipclab doctor` says why."))


def predict(task: str, **guess: int | str) -> None:
    """Note a guess about what the task's check will find; the check then says what it found.

    `goes_wrong_at=3`: at how many instants. Of the shortest failing run of processes that take turns: `switches=2`,
    `steps=9`. Of processes that are killed: `harmful_deaths=2`. Of any check: `comes_to="stuck"`, one of COMES_TO.
    """
    for what, value in guess.items():
        if what == "comes_to":
            fits, say = value in COMES_TO.values(), f"one of: {', '.join(dict.fromkeys(COMES_TO.values()))}"
        else:
            fits, say = type(value) is int and value >= 0 and what in COUNTED, "a whole number, 0 or more"
        if not fits:
            known = what in COUNTED or what == "comes_to"
            hint = f"{what} is {say}." if known else f"Predict one of: {', '.join([*COUNTED, 'comes_to'])}."
            raise errors.Misuse("predict", f"task {task!r}", hint=hint)
    _predicted[task] = guess
    noted = " and ".join(str(value) for value in guess.values())
    print(f"Noted: {noted}. Now run the check of “{task}” below, before you change anything.")


def _task(line: str, cell: str) -> None:
    name = _named(line, "task")
    if name:
        # The empty line stands for the magic's own, so that line numbers are those of the cell.
        _tasks[name] = f"\n{cell}"
        get_ipython().run_cell(f"\n{cell}", store_history=False)


def _check(line: str, cell: str) -> None:
    name = _named(line, "check")
    if name and name not in _tasks:
        _lost(f"Run the cell of this task first: the one that begins with `%%task {name}`.")
    elif name:
        # Without a box a student's own code runs as it does in the kernel itself.
        verdict = examine(name, _tasks[name], cell, best())
        more = _compared(_predicted.pop(name), verdict) if name in _predicted else ""
        display(_Shown(verdict, _tasks[name], more))
        if not verdict.right:
            _lost()
    else:
        _lost()


def _lost(why: str = "") -> None:
    """Say why a check cannot pass. nbgrader counts a cell as passed unless it fails, so under nbgrader it fails."""
    if why:
        print(why)
    if "NBGRADER_EXECUTION" in os.environ:
        raise AssertionError("this check did not pass; see above")


def _reset(line: str, cell: str) -> None:
    """Put the task's start into this cell again. What stood there goes into a file first."""
    name = _named(line, "reset")
    start = starting.start(_lab, name) if name else ""
    if start:
        kept = starting.keep(name, cell)
        get_ipython().set_next_input(start, replace=True)
        print(f"“{name}” is as it was at first. What you had written is in the file {kept}.")
    elif name:
        print(f"The start of “{name}” is not to be found. Take a fresh copy of the lab, and copy its cell from there.")


def _named(line: str, magic: str) -> str:
    if not line.strip().isidentifier():
        print(f"The first line of this cell was `%%{magic}` and a name. Put it back, for example `%%{magic} till`.")
        return ""
    return line.strip()


def _compared(guess: dict[str, int | str], verdict: Verdict) -> str:
    found = {what.replace(" ", "_"): value for what, value in verdict.facts.items()}
    found["comes_to"] = COMES_TO.get(verdict.kind, verdict.kind)
    if verdict.instants:
        found["goes_wrong_at"] = verdict.wrong
    return " ".join(f"You predicted {value}; it {COUNTED.get(what, 'came to')} {found[what]}."
                    + (" Exactly!" if value == found[what] else "") for what, value in guess.items() if what in found)


class _Shown:
    """A verdict as a notebook displays it: HTML where it can, else text."""

    def __init__(self, verdict: Verdict, source: str, more: str):
        self.verdict, self.source, self.more = verdict, source, more

    def _repr_html_(self) -> str:
        return pages.in_notebook(self.verdict, self.source, self.more)

    def __repr__(self) -> str:
        verdict = self.verdict
        lines = [f"{'✓' if verdict.right else '✗'} {verdict.task}: {verdict.sentence}"]
        if verdict.wrong:
            lines.append(f"It went wrong at {verdict.wrong} of {verdict.instants} instants.")
        if verdict.section and not verdict.right:
            lines.append(f"Read again: “{verdict.section}”.")
        return "\n".join([*lines, *filter(None, [leaks.sentence(verdict.left), verdict.note, self.more])])
