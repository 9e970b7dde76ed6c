"""What comes out of grading: grades.csv, results.json and a page for each student, each written whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from . import changes, overview
from .pages import page, section
from .run import Result, Run

__all__ = ["as_csv", "as_json", "as_page", "atomically", "no_formula", "write"]

UNSAFE = ("Graded without a box: the students' programs could reach the files and processes of the person who graded. "
          "The marks deserve less trust than usual.")


def write(run: Run, out: Path) -> int:
    """All files of a graded folder, into `out`; how many marks are not what they were in the grading before."""
    (out / "feedback").mkdir(parents=True, exist_ok=True)
    for result in run.results:
        atomically(out / "feedback" / f"{result.submission.slug}.html", as_page(run, result))
    before, after = _before(out / "results.json"), as_json(run)
    changed = list(changes.changes(before, json.loads(after))) if before else []
    if before:
        atomically(out / "changes.csv", changes.as_csv(changed, no_formula))
        for page in {Path(one["feedback"]).name for one in before["submissions"]} - _pages(run):
            (out / "feedback" / page).unlink(missing_ok=True)        # whose submission is not there any more
    atomically(out / "overview.html", overview.page(run))
    atomically(out / "grades.csv", as_csv(run))
    atomically(out / "results.json", after)              # last: it stands for a grading that is whole
    return len(changed)


def _pages(run: Run) -> set[str]:
    return {f"{result.submission.slug}.html" for result in run.results}


def _before(path: Path) -> dict[str, Any] | None:
    """The results of the grading before, if there was one that this version can read."""
    with contextlib.suppress(OSError, ValueError):
        data = json.loads(path.read_text())
        return data if "made_with" in data else None
    return None


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
    late = any(result.late for result in run.results)
    table.writerow(["student", *(check.task for check in run.lab.graded), *["days late"] * late, "total", "max", "note"])
    for result in run.results:
        days = [result.late.days if result.late else ""] * late
        table.writerow([no_formula(result.submission.student), *(check.points for check in result.checks), *days,
                        f"{result.total:g}", result.most, no_formula(_note(run, result))])
    return text.getvalue()


def no_formula(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _note(run: Run, result: Result) -> str:
    verdicts = [check.verdict for check in result.checks]
    notes = [result.submission.problem, *result.submission.notes, result.late.sentence if result.late else ""]
    notes += [f"{verdict.task}: {verdict.sentence}" for verdict in verdicts if verdict.kind == "grader"]
    notes += [] if run.box.safe else ["graded without a box"]
    return " ".join(filter(None, notes))


def as_json(run: Run) -> str:
    data = {
        "lab": run.lab.name, "title": run.lab.title, "max": run.lab.points, "box": run.box.kind, "made_with": run.made,
        "submissions": [_submission(result) for result in run.results],
    }
    return json.dumps(data, indent=1) + "\n"


def _submission(result: Result) -> dict[str, Any]:
    one, late = result.submission, result.late
    return {
        "student": one.student, "id": one.id, "file": one.path.name, "feedback": f"feedback/{one.slug}.html", "problem": one.problem,
        "notes": list(one.notes), "earned": result.earned, "total": result.total,
        "late": late and {"handed_in": late.handed_in.isoformat(), "days": late.days, "penalty": late.penalty},
        "checks": [check.verdict.plain() | {"points": check.points, "max": check.most, "seconds": check.seconds,
                                            "text": check.text} for check in result.checks],
    }


def as_page(run: Run, result: Result) -> str:
    """One student's feedback."""
    submission = result.submission
    notes = [submission.problem, *submission.notes, result.late.sentence if result.late else "",
             "" if run.box.safe else UNSAFE]
    sections = [] if submission.problem else [
        section(check.verdict, check.points, check.most, submission.solutions.get(check.verdict.task))
        for check in result.checks]
    return page(run.lab.title, submission.student, f"{result.total:g}", result.most, notes, sections)
