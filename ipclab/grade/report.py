"""What comes out of grading: grades.csv, results.json and a page of feedback for each student, written whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
import platform
import tempfile
from html import escape
from pathlib import Path

from .run import Result, Run
from .verdict import Verdict

__all__ = ["as_csv", "as_json", "as_page", "atomically", "listing", "write"]

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
    """One student's feedback: self-contained, and nothing in it that the student may not see."""
    submission = result.submission
    notes = [submission.problem, *submission.notes, "" if run.box.safe else UNSAFE]
    checks = "" if submission.problem else "\n".join(_check(result, verdict) for verdict in result.verdicts)
    return PAGE.format(title=escape(f"{run.lab.title}: {submission.student}"), lab=escape(run.lab.title),
                       student=escape(submission.student), total=result.total, most=result.most, style=STYLE,
                       notes="".join(f'<p class="note">{escape(note)}</p>' for note in notes if note), checks=checks)


def _check(result: Result, verdict: Verdict) -> str:
    earned = result.points[verdict.task] if verdict.right else 0
    parts = [f"<p>{_marked_up(verdict.sentence)}</p>"]
    if verdict.wrong:
        parts.append(f"<p>It went wrong at {verdict.wrong} of {verdict.instants} instants.</p>")
    parts += [f"<p>{escape(verdict.note)}</p>"] if verdict.note else []
    if not verdict.right and verdict.task in result.submission.solutions:
        parts.append(listing(result.submission.solutions[verdict.task], verdict.line))
    if verdict.section and not verdict.right:
        parts.append(f"<p>Read again: “{escape(verdict.section)}”.</p>")
    mark = "✓" if verdict.right else "✗"
    return (f'<section class="{"right" if verdict.right else "wrong"}"><h2><span aria-hidden="true">{mark}</span> '
            f'{escape(verdict.task)} <small>{earned} of {result.points[verdict.task]}</small></h2>{"".join(parts)}</section>')


def _marked_up(sentence: str) -> str:
    """Escaped, with `code` between backquotes."""
    pieces = escape(sentence).split("`")
    return "".join(f"<code>{piece}</code>" if i % 2 and i < len(pieces) - 1 else piece for i, piece in enumerate(pieces))


def listing(source: str, line: int, most: int = 200) -> str:
    """A student's own cell with the line in question marked."""
    lines = source.rstrip("\n").split("\n")[:most]
    shown = "".join(
        f'<span class="line{" here" if n == line else ""}"{HERE if n == line else ""}><i>{n}</i>{escape(text) or " "}</span>'
        for n, text in enumerate(lines, start=1))
    return f'<pre tabindex="0" aria-label="Your cell">{shown}</pre>'


HERE = ' aria-current="true"'

STYLE = """
:root { color-scheme: light dark; --ground: #fff; --text: #1c1c22; --soft: #f2f2f5; --good: #116329; --bad: #a40e26;
        --here: #ffe9a8; --faint: #5a5a66; }
@media (prefers-color-scheme: dark) { :root { --ground: #16161a; --text: #ececf1; --soft: #232329; --good: #6fdd8b;
        --bad: #ff9aa2; --here: #5c4a00; --faint: #a9a9b6; } }
body { background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 46rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 0; } small { font-weight: normal; color: var(--faint); }
section { border-inline-start: 4px solid var(--bad); padding: .3rem 0 .3rem 1rem; margin: 1.2rem 0; }
section.right { border-color: var(--good); } .wrong h2 span { color: var(--bad); } .right h2 span { color: var(--good); }
.total { font-size: 1.2rem; } .note { background: var(--soft); padding: .6rem .8rem; border-radius: .3rem; }
pre { background: var(--soft); overflow-x: auto; padding: .6rem 0; border-radius: .3rem; font-size: .85rem; }
.line { display: block; width: max-content; min-width: 100%; padding-inline-end: 1rem; box-sizing: border-box; }
.line i { display: inline-block; width: 2.6em; text-align: end; margin-inline-end: 1em; color: var(--faint);
          font-style: normal; user-select: none; }
.here { background: var(--here); } .here i::before { content: "▶ "; color: var(--text); }
"""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{lab}</h1>
<p>{student}</p>
<p class="total"><strong>{total} of {most} points</strong></p>
{notes}
{checks}
</main>
</body>
</html>
"""
