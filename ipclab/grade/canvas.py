"""Marks for Canvas: the gradebook that it exports, with one column filled, as it can be imported again.

Canvas finds a student by its own number (`ID`), then by `SIS User ID`, `SIS Login ID`, and by name. The export has all
of these. A submission is matched to its row by the number in the name of the file that Canvas gave to download, else by
login or name, and only if exactly one row fits. A student who handed in nothing keeps what Canvas has.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import errors

__all__ = ["Import", "filled"]

INFORMATION = ("Student", "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Root Account", "Section")
LOGINS = ("SIS User ID", "SIS Login ID", "Student")
POINTS = "points possible"           # how the row begins that says how much each assignment is worth


@dataclass(frozen=True)
class Import:
    """The file's text, and the submissions that are in nobody's row."""

    text: str
    filled: int
    unmatched: list[str]


def filled(results: dict[str, Any], gradebook: Path, assignment: str = "") -> Import:
    """`gradebook`, as Canvas exports it, with the totals of `results` (of results.json) in the column `assignment`.

    Without a name it is the lab's title, which Canvas takes for a new assignment unless there is one of that name.
    """
    rows = _read(gradebook)
    names = list(rows[0])
    column = _column(names, assignment or results["title"])
    told = [name for name in INFORMATION if name in names]
    points = [row for row in rows if row["Student"].strip().lower().startswith(POINTS)]
    students = [row for row in rows if row["ID"].strip()]
    marks, unmatched = _matched(results["submissions"], students)
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow([*told, column])
    table.writerow([*(points[0][name] if points else "    Points Possible" * (name == "Student") for name in told),
                    results["max"]])
    table.writerows([[*(row[name] for name in told), marks[row["ID"]]] for row in students if row["ID"] in marks])
    return Import(text.getvalue(), len(marks), unmatched)


def _read(gradebook: Path) -> list[dict[str, str]]:
    with open(gradebook, newline="", encoding="utf-8-sig") as file:
        start = file.readline()
        file.seek(0)
        rows = list(csv.DictReader(file, delimiter=";" if start.count(";") > start.count(",") else ",", restval=""))
    if not rows or not {"Student", "ID"} <= set(rows[0]):
        raise errors.Misuse("canvas", f"gradebook {str(gradebook)!r}", hint="It has no students, or not the columns Student "
                            "and ID. In Canvas: Grades, Export, Export Entire Gradebook.")
    return rows


def _column(names: list[str], wanted: str) -> str:
    """The gradebook's own name of the assignment, as `Title (123)`; `wanted` itself if it is a new one."""
    found = [name for name in names if name == wanted or name.rpartition(" (")[0] == wanted]
    if len(found) > 1:
        raise errors.Misuse("canvas", f"assignment {wanted!r}", hint=f"There are several: {', '.join(found)}. "
                            "Give the whole name of one with --assignment.")
    return found[0] if found else wanted


def _matched(submissions: list[dict[str, Any]], students: list[dict[str, str]]) -> tuple[dict[str, str], list[str]]:
    """Canvas's number → points, and who could not be found or was found twice."""
    marks: dict[str, str] = {}
    unmatched = []
    for one in submissions:
        rows = [row for row in students if one.get("id") and row["ID"].strip() == one["id"]]
        for name in () if rows or one.get("id") else LOGINS:
            rows = [row for row in students if _plain(row.get(name, "")) == _plain(one["student"]) != ""]
            if rows:
                break
        if len(rows) == 1 and rows[0]["ID"] not in marks:
            marks[rows[0]["ID"]] = f"{one['total']:g}"
        else:
            unmatched.append(one["student"])
    return marks, unmatched


def _plain(name: str) -> str:
    """A name whichever way it is written: `Doe, Jane`, `Jane Doe`, `jane.doe`."""
    return " ".join(sorted("".join(c if c.isalnum() else " " for c in name.casefold()).split()))
