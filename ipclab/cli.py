"""The `ipclab` command."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from . import errors

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
                  help="Labs on inter-process communication: hand out, grade, tidy up.")
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
          out_folder: Annotated[Path, typer.Option("--out", "-o", help="folder for grades.csv, results.json and feedback/")],
          jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="submissions graded at the same time")] = os.cpu_count() or 1,
          unsafe: Annotated[bool, typer.Option("--unsafe", help="grade even where there is no box")] = False) -> None:
    """Grade a folder of notebooks (or of one folder per student).

    Exit status: 0 if all was graded, 1 if the grader itself failed somewhere (the notes say where), 2 if it could not
    begin.
    """
    from .grade import report, run, submissions as handed_in
    known = _lab(lab)
    if out_folder.resolve().is_relative_to(submissions.resolve()):
        raise _fail(f"--out {out_folder} lies inside the submissions. Give a folder elsewhere.")
    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TextColumn("checks"), TimeElapsedColumn(),
               TextColumn("left:"), TimeRemainingColumn(), TextColumn("{task.fields[who]}", markup=False))
    try:
        out_folder.mkdir(parents=True, exist_ok=True)
        with Progress(*columns, console=err, transient=True) as progress:
            bar = progress.add_task("grading", total=None, who="")
            graded = run.grade(known, submissions, jobs=jobs, unsafe=unsafe, progress=lambda done, of, who:
                               progress.update(bar, completed=done, total=of, who=who[:30]))
        report.write(graded, out_folder)
    except (handed_in.NoSubmissions, errors.NotInstalled) as error:
        raise _fail(error) from None
    except OSError as error:
        where = error.filename or out_folder
        raise _fail(f"{where} could not be written: {error.strerror}. Give another --out.") from None
    _summary(graded, out_folder)
    raise typer.Exit(0 if graded.sound else 1)


def _summary(graded, out_folder: Path) -> None:
    marks = [result.total for result in graded.results]
    unreadable = sum(bool(result.submission.problem) for result in graded.results)
    out.print(f"{len(marks)} submissions, mean {sum(marks) / len(marks):.1f} of {graded.lab.points} points"
              + (f", {unreadable} could not be read (see the notes)" if unreadable else ""), markup=False)
    out.print(f"{out_folder / 'grades.csv'}\n{out_folder / 'feedback'}{os.sep}", markup=False)
    if not graded.box.safe:
        err.print("Graded without a box: the marks deserve less trust than usual. Every page says so.", style="red")
    if not graded.sound:
        err.print("The grader itself failed for some checks; grades.csv says for which.", style="red")


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
    raise typer.Exit(0 if best.safe else 1)


BOXES = {
    "bubblewrap": "bubblewrap: students' code sees no files but Python's, no network, none of your processes.",
    "namespaces": "namespaces: students' code sees no network and none of your processes, but it can read your files. "
                  "Install bubblewrap.",
    "none": "none: `ipclab grade` refuses to run students' code here, unless told --unsafe.",
}


@app.command()
def sweep() -> None:
    """Remove the processes and kernel objects that runs which were killed have left behind."""
    from .processes import sweep
    removed = sweep()
    for entry in removed:
        out.print(f"removed {entry.kind} {entry.name}", markup=False)
    if not removed:
        out.print("nothing was left behind")


if __name__ == "__main__":
    app()
