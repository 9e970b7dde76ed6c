"""What a lab's notebook imports: `%%task` keeps a solution, `%%check` has it judged as grading does.

The text of the cell is judged, not what the kernel has in memory: in a process of its own, under real signals, by the
same judge that decides the grade. So what passes here passes there, as far as the stories are the same.
"""

from __future__ import annotations

from IPython import get_ipython
from IPython.display import display

from . import errors
from .grade import pages
from .grade.box import best
from .grade.judge import examine
from .grade.verdict import Verdict

__all__ = ["begin", "predict"]

_tasks: dict[str, str] = {}
_predicted: dict[str, int] = {}


def begin(lab: str) -> None:
    """Make `%%task` and `%%check` known to this notebook."""
    shell = get_ipython()
    if shell is None:
        raise errors.Misuse("begin", f"lab {lab!r}", hint="Call it in a notebook: `jupyter lab` opens one.")
    shell.register_magic_function(_task, "cell", "task")
    shell.register_magic_function(_check, "cell", "check")
    box = best()
    print(f"The lab “{lab}” is ready." + ("" if box.safe else " There is no box here; `ipclab doctor` says why."))


def predict(task: str, *, goes_wrong_at: int) -> None:
    """Note a guess: at how many instants the task's check will go wrong. The check then says how many there are."""
    if not isinstance(goes_wrong_at, int) or goes_wrong_at < 0:
        raise errors.Misuse("predict", f"task {task!r}", hint="Give a whole number of instants, 0 or more.")
    _predicted[task] = goes_wrong_at
    print(f"Noted: {goes_wrong_at}. Now run the check of “{task}” below, before you change anything.")


def _task(line: str, cell: str) -> None:
    name = _named(line, "task")
    if name:
        # The empty line stands for the magic's own, so that line numbers are those of the cell.
        _tasks[name] = f"\n{cell}"
        get_ipython().run_cell(f"\n{cell}", store_history=False)


def _check(line: str, cell: str) -> None:
    name = _named(line, "check")
    if name and name not in _tasks:
        print(f"Run the cell of this task first: the one that begins with `%%task {name}`.")
    elif name:
        # Without a box a student's own code runs as it does in the kernel itself.
        verdict = examine(name, _tasks[name], cell, best())
        more = _compared(_predicted.pop(name), verdict) if name in _predicted else ""
        display(_Shown(verdict, _tasks[name], more))


def _named(line: str, magic: str) -> str:
    if not line.strip().isidentifier():
        print(f"The first line of this cell was `%%{magic}` and a name. Put it back, for example `%%{magic} till`.")
        return ""
    return line.strip()


def _compared(guess: int, verdict: Verdict) -> str:
    if not verdict.instants:
        return ""
    return f"You predicted {guess}; it went wrong at {verdict.wrong}." + (" Exactly!" if guess == verdict.wrong else "")


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
        return "\n".join([*lines, *filter(None, [verdict.note, self.more])])
