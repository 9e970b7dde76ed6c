"""What comes out of grading: grades.csv, results.json and a page for each student, each written whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
import platform
import tempfile
from pathlib import Path

from .pages import page, section
from .run import Result, Run

__all__ = ["as_csv", "as_json", "as_page", "atomically", "write"]

UNSAFE = ("Graded without a box: the students' programs could reach the files and processes of the person who graded. "
          "The marks deserve less trust than usual.")


def write(run: Run, out: Path) -> None:
    """All files of a graded folder, into `out`."""
    (out / "feedback").mkdir(parents=True, exist_ok=True)
    for result in run.results:
        atomically(out / "feedback" / f"{result.submission.slug}.html", as_page(run, result))
    atomically(out / "results.json", as_json(run))
    atomically(out / "grades.csv", as_csv(run))


def atomically(path: Path, text: str) -> None:
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}-")
    try:
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def as_csv(run: Run) -> str:
    """One row per student. Text that a spreadsheet would take for a formula gets an apostrophe."""
    text = io.StringIO()
    table = csv.writer(text, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    table.writerow(["student", *(check.task for check in run.lab.graded), "total", "max", "note"])
    for result in run.results:
        marks = [result.points[verdict.task] if verdict.right else 0 for verdict in result.verdicts]
        table.writerow([_no_formula(result.submission.student), *marks, result.total, result.most,
                        _no_formula(_note(run, result))])
    return text.getvalue()


def _no_formula(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _note(run: Run, result: Result) -> str:
    notes = [result.submission.problem, *result.submission.notes]
    notes += [f"{verdict.task}: {verdict.sentence}" for verdict in result.verdicts if verdict.kind == "grader"]
    notes += [] if run.box.safe else ["graded without a box"]
    return " ".join(filter(None, notes))


def as_json(run: Run) -> str:
    data = {
        "lab": run.lab.name, "max": run.lab.points, "box": run.box.kind, "python": platform.python_version(),
        "submissions": [{
            "student": result.submission.student, "file": result.submission.path.name,
            "feedback": f"feedback/{result.submission.slug}.html", "problem": result.submission.problem,
            "notes": list(result.submission.notes), "total": result.total,
            "checks": [verdict.plain() | {"points": result.points[verdict.task] if verdict.right else 0,
                                          "max": result.points[verdict.task]} for verdict in result.verdicts],
        } for result in run.results],
    }
    return json.dumps(data, indent=1) + "\n"


def as_page(run: Run, result: Result) -> str:
    """One student's feedback."""
    submission = result.submission
    notes = [submission.problem, *submission.notes, "" if run.box.safe else UNSAFE]
    sections = [] if submission.problem else [
        section(verdict, result.points[verdict.task] if verdict.right else 0, result.points[verdict.task],
                submission.solutions.get(verdict.task)) for verdict in result.verdicts]
    return page(run.lab.title, submission.student, result.total, result.most, notes, sections)
