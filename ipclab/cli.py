"""The `ipclab` command."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from . import errors

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
                  help="Inter-process communication: measure it; labs on it: hand out, grade, tidy up.")
EVERY = 10                           # seconds between two lines of progress where there is no terminal
out, err = Console(soft_wrap=True, highlight=False), Console(stderr=True, soft_wrap=True, highlight=False)


def _fail(error: object) -> typer.Exit:
    err.print(str(error), style="red", markup=False)
    return typer.Exit(2)


def _lab(name: str):
    from .grade import lab
    try:
        return lab.load(name)
    except lab.UnknownLab as error:
        raise _fail(error) from None


@app.command()
def labs() -> None:
    """List the labs."""
    from .grade import lab
    for name in lab.lab_names():
        known = lab.load(name)
        out.print(f"{name:15} {known.title}  ({len(known.graded)} checks, {known.points} points)", markup=False)
    if not lab.lab_names():
        raise _fail(f"There are no labs in {lab.folder()}. Set IPCLAB_LABS to the folder that holds them.")


@app.command()
def release(lab: str, out_file: Annotated[Path | None, typer.Option("--out", "-o", help="default: beside the master")] = None,
            ) -> None:
    """Write the notebook that students get: without solutions and hidden checks."""
    from .grade import steps
    from .grade.report import atomically
    known = _lab(lab)
    target = out_file or known.folder / f"{lab}.ipynb"
    try:
        atomically(target, steps.as_text(steps.for_students(known.master)))
    except OSError as error:
        raise _fail(f"{target} could not be written: {error.strerror}. Give another file with --out.") from None
    out.print(f"wrote {target}", markup=False)


@app.command()
def grade(lab: str, submissions: Path,
          out_folder: Annotated[Path, typer.Option("--out", "-o", help="folder for what comes out, and for the journal")],
          jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="submissions graded at the same time")] = os.cpu_count() or 1,
          due: Annotated[str, typer.Option(help="due date, as 2026-11-20T23:59")] = "",
          late_per_day: Annotated[float, typer.Option(min=0, max=100, help="percent of the points for each day begun")] = 0,
          times: Annotated[Path | None, typer.Option(help="CSV with the columns student and time, for those whose file's "
                                                          "own time is not the one that counts")] = None,
          again: Annotated[bool, typer.Option("--again", help="judge everything anew, whatever was finished")] = False,
          dask: Annotated[str, typer.Option(help="address of a Dask scheduler whose workers judge")] = "",
          unsafe: Annotated[bool, typer.Option("--unsafe", help="grade even where there is no box")] = False) -> None:
    """Grade a folder of notebooks (or of one folder per student).

    Interrupted, in whatever way, the same command goes on and judges nothing again that was finished. Given to a folder
    that holds an earlier grading, it lists whose marks have changed, and why, in changes.csv.

    Exit status: 0 if all was graded, 1 if the grader itself failed somewhere (the notes say where), 2 if it could not
    begin, 130 if it was interrupted.
    """
    from .grade import late, report, run
    from .grade.journal import Journal
    known = _lab(lab)
    if out_folder.resolve().is_relative_to(submissions.resolve()):
        raise _fail(f"--out {out_folder} lies inside the submissions. Give a folder elsewhere.")
    try:
        when = late.Due(late.moment(due), late_per_day / 100, late.times_of(times) if times else {}) if due else None
        out_folder.mkdir(parents=True, exist_ok=True)
        with Journal(out_folder / "journal.jsonl", again) as journal, _progress() as progress:
            graded = run.grade(known, submissions, journal, jobs=jobs, cluster=dask, unsafe=unsafe, due=when,
                               progress=progress)
            changed = report.write(graded, out_folder)
    except (errors.IPCError, errors.NotInstalled, errors.RunError) as error:
        raise _fail(error) from None
    except OSError as error:
        where = error.filename or out_folder
        raise _fail(f"{where} could not be written: {error.strerror}. Give another --out.") from None
    except KeyboardInterrupt:
        err.print("Interrupted. What was finished is kept: the same command goes on from there.", style="red")
        raise typer.Exit(130) from None
    _summary(graded, changed, out_folder)
    raise typer.Exit(0 if graded.sound else 1)


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[int, int, str], None]]:
    """A bar on standard error: how many are done, time taken and left, whose was the last."""
    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TextColumn("checks"), TimeElapsedColumn(),
               TextColumn("left:"), TimeRemainingColumn(), TextColumn("{task.fields[who]}", markup=False))
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bars:
        bar = bars.add_task("", total=None, who="")

        def tell(done: int, of: int, who: str) -> None:
            bars.update(bar, completed=done, total=of, who=who[:30])
        yield tell


def _summary(graded, changed: int, out_folder: Path) -> None:
    marks = [result.total for result in graded.results]
    unreadable = sum(bool(result.submission.problem) for result in graded.results)
    out.print(f"{len(marks)} submissions, mean {sum(marks) / len(marks):.1f} of {graded.lab.points} points"
              + (f", {unreadable} could not be read (see the notes)" if unreadable else ""), markup=False)
    if changed:
        out.print(f"{changed} {'mark has' if changed == 1 else 'marks have'} changed: {out_folder / 'changes.csv'}",
                  markup=False)
    out.print(f"{out_folder / 'grades.csv'}\n{out_folder / 'overview.html'}\n{out_folder / 'feedback'}{os.sep}",
              markup=False)
    if not graded.box.safe:
        err.print("Graded without a box: the marks deserve less trust than usual. Every page says so.", style="red")
    if not graded.sound:
        err.print("The grader itself failed for some checks; grades.csv says for which.", style="red")


@app.command()
def canvas(graded: Path, gradebook: Path,
           out_file: Annotated[Path, typer.Option("--out", "-o", help="the file to import into Canvas")],
           assignment: Annotated[str, typer.Option(help="its name in Canvas, if it is not the lab's title")] = "") -> None:
    """Write Canvas's import file: the gradebook that Canvas exports, with the marks of a graded folder.

    Exit status: 0 if everybody was found in the gradebook, 1 if somebody was not, 2 if a file could not be read.
    """
    from .grade import canvas as canvas_file
    from .grade.report import atomically
    try:
        made = canvas_file.filled(json.loads((graded / "results.json").read_text()), gradebook, assignment)
        atomically(out_file, made.text)
    except errors.IPCError as error:
        raise _fail(error) from None
    except (OSError, ValueError) as error:
        raise _fail(f"{error}. Give the folder that `ipclab grade --out` wrote, and a gradebook exported from Canvas.") \
            from None
    out.print(f"wrote {out_file} with the marks of {made.filled} students", markup=False)
    for name in made.unmatched:
        err.print(f"not in the gradebook, or there twice: {name}", style="red", markup=False)
    raise typer.Exit(1 if made.unmatched else 0)


@app.command()
def gradescope(lab: str, out_file: Annotated[Path, typer.Option("--out", "-o", help="the archive to upload")],
               unsafe: Annotated[bool, typer.Option("--unsafe", help="judge there even if their container has no box")] = False,
               ) -> None:
    """Write an autograder archive for Gradescope."""
    from .grade import gradescope as archive
    known = _lab(lab)
    try:
        archive.archive(known, out_file, unsafe)
    except OSError as error:
        raise _fail(f"{out_file} could not be written: {error.strerror}. Give another file with --out.") from None
    out.print(f"wrote {out_file}: upload it in Gradescope under Configure Autograder", markup=False)


@app.command()
def doctor() -> None:
    """Say what this machine offers, and how to get what is missing."""
    from .grade import box
    out.print(f"Python     {platform.python_version()} at {sys.executable}", markup=False)
    out.print(f"system     {platform.system()} {platform.release()}, {os.cpu_count()} cores", markup=False)
    for kind, problem in box.offers().items():
        out.print(f"{kind:10} {problem or 'works'}", markup=False)
    best = box.best()
    out.print(f"box        {BOXES[best.kind]}", markup=False)
    if best.safe:
        out.print("memory     limited for each process, not for all together; to set a bound: "
                  "systemd-run --user --scope -p MemoryMax=4G ipclab grade …", markup=False)
    raise typer.Exit(0 if best.safe else 1)


BOXES = {
    "bubblewrap": "bubblewrap: students' code sees no files but Python's, no network, none of your processes.",
    "namespaces": "namespaces: the same as bubblewrap, made from what is there: no files but Python's, no network, "
                  "none of your processes.",
    "none": "none: `ipclab grade` refuses to run students' code here, unless told --unsafe.",
}


@app.command()
def measure(long: Annotated[bool, typer.Option("--long/--quick", help="more sizes and rounds: some seven minutes "
                                                                      "instead of one")] = False,
            ways: Annotated[str, typer.Option(help="only these, as pipe,ring,tcp; a wrong name lists them all")] = "",
            sizes: Annotated[str, typer.Option(help="bytes of a message, as 64,4096")] = "",
            seed: Annotated[int | None, typer.Option(min=0, help="of the random order")] = None,
            details: Annotated[bool, typer.Option("--details", help="print also quartiles, 99th percentile, processor "
                                                                    "time, context switches, system calls")] = False,
            out_file: Annotated[Path | None, typer.Option("--out", "-o", help="file for the results")] = None,
            compare: Annotated[tuple[Path, Path] | None,
                               typer.Option(help="measure nothing; put two files of results side by side")] = None) -> None:
    """Measure how fast each mechanism is on this machine: two processes, every round trip timed.

    Let the machine be idle meanwhile; where it cannot be, give this precedence: sudo nice -n -20 ipclab measure.

    The file given with --out is written after each round, so a run that is ended early, in whatever way, has left the
    rounds before. Such a file says that it is part of a run, and is good for all that a whole one is good for.

    Exit status: 0 if all went well, 2 if something failed, 130 if interrupted.
    """
    from .measure import LONG, QUICK, measuring
    kept = _Kept(out_file)
    try:
        if compare:
            return _compared(*compare)
        kept.check()
        own_sizes = {"sizes": _whole_numbers(sizes), "throughput_sizes": None} if sizes else {}
        chosen = {**(LONG if long else QUICK), **own_sizes}
        with _pace() as progress:
            found = measuring.measure(_names(ways) if ways else None, progress=progress, keep=kept, seed=seed,
                                      **chosen)
    except (errors.IPCError, errors.NotInstalled, errors.RunError) as error:
        raise _fail(f"{error}{kept.after_all()}") from None
    except OSError as error:
        raise _fail(f"{error.filename or out_file} could not be written: {error.strerror}. Give another --out."
                    f"{kept.after_all()}") from None
    except KeyboardInterrupt:
        err.print(f"Interrupted.{kept.after_all() or ' Nothing was kept.'}", style="red", markup=False)
        raise typer.Exit(130) from None
    _measured(found, out_file, details)


class _Kept:
    """The file of the results, which has all rounds that are over."""

    def __init__(self, path: Path | None):
        self.path, self.found = path, None

    def check(self) -> None:
        """Before the work, not after its first round."""
        path = self.path
        if path and (path.is_dir() or not path.parent.is_dir() or not os.access(path.parent, os.W_OK)):
            raise _fail(f"{path} cannot be written: no such folder, or it is not yours. Give a file with --out.")

    def __call__(self, found) -> None:
        from .measure import save
        if self.path:
            save(found, self.path)
            self.found = found

    def after_all(self) -> str:
        return f" Kept in {self.path}: {self.found.rounds} of {self.found.asked} rounds." if self.found else ""


@contextlib.contextmanager
def _pace() -> Iterator[Callable[[int, int, str, float], None]]:
    """On standard error: how long it will take, then a bar on a terminal, elsewhere a line every ten seconds.

    Both only when told something, between two trials: a clock that draws would be measured as well.
    """
    columns = (TextColumn("measuring"), BarColumn(), MofNCompleteColumn(), TextColumn("trials"), TimeElapsedColumn(),
               TextColumn("left: {task.fields[left]}"), TextColumn("{task.fields[what]}", markup=False))
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal, auto_refresh=False) as bars:
        bar = bars.add_task("", total=None, what="", left="")
        began = said = time.monotonic()

        def tell(done: int, of: int, what: str, left: float) -> None:
            nonlocal said
            bars.update(bar, completed=done, total=of, what=f"{what:24.24}", left=f"{_roughly(left):6}", refresh=True)
            now = time.monotonic()
            if done == 0:
                err.print(f"{of} trials, which will take about {_roughly(left)}", markup=False)
            elif not err.is_terminal and now >= said + EVERY:
                err.print(f"{done} of {of} trials in {_roughly(now - began)}, about {_roughly(left)} left",
                          markup=False)
                said = now
        yield tell


def _roughly(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _names(text: str) -> list[str]:
    return [word.strip() for word in text.split(",")]


def _whole_numbers(text: str) -> list[int]:
    try:
        return [int(word) for word in text.split(",")]
    except ValueError:
        raise errors.Misuse("measure", f"--sizes {text}", hint="Give whole numbers of bytes, as 64,4096.") from None


def _measured(found, out_file: Path | None, details: bool) -> None:
    from .measure import tables
    for line in [*(tables.summary if details else tables.overview)(found), *tables.run_lines(found), *found.notes]:
        out.print(line, markup=False)
    if out_file:
        out.print(f"wrote {out_file}", markup=False)


def _compared(one: Path, other: Path) -> None:
    from .measure import load, tables
    first, second = load(one), load(other)
    lines = tables.compared(first, second)
    if not lines:
        raise _fail("Nothing was measured in both. Measure the same ways and sizes.")
    for line in [f"first   {one}, {first.machine.date}, {tables.rounds_of(first)}",
                 f"second  {other}, {second.machine.date}, {tables.rounds_of(second)}", "", *lines, "",
                 *tables.differences(first.machine, second.machine)]:
        out.print(line, markup=False)


@app.command()
def sweep() -> None:
    """Remove the processes and kernel objects that runs which were killed have left behind."""
    from .processes import sweep
    removed = sweep()
    for entry in removed:
        out.print(f"removed {entry}", markup=False)
    if not removed:
        out.print("nothing was left behind")


if __name__ == "__main__":
    app()
