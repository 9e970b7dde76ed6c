"""What a grading changed since the one before in the same folder: whose marks, from what to what, and why."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

__all__ = ["as_csv", "changes"]

Change = tuple[str, str, str, str, str]
COLUMNS = ("student", "what", "before", "after", "why")
MADE_WITH = {"lab": "the lab was changed", "ipclab": "ipclab was changed", "python": "another Python runs the checks",
             "box": "one of the two was graded without a box"}


def changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    """Each mark that is not what it was, from two `results.json`: of checks first, then of totals."""
    old, new = ({one["student"]: one for one in data["submissions"]} for data in (before, after))
    for student in [*new, *(gone for gone in old if gone not in new)]:
        if student not in old:
            yield student, "total", "", f"{new[student]['total']:g}", "this submission is new"
        elif student not in new:
            yield student, "total", f"{old[student]['total']:g}", "", "this submission is not there any more"
        else:
            yield from _of_one(student, old[student], new[student], _made(before, after))


def _of_one(student: str, old: dict[str, Any], new: dict[str, Any], made: str) -> Iterator[Change]:
    were = {check["task"]: check for check in old["checks"]}
    for check in new["checks"]:
        was = were.get(check["task"])
        if was is None or was["points"] != check["points"]:
            yield (student, check["task"], "" if was is None else str(was["points"]), str(check["points"]),
                   _why(was, check, made))
    if old["total"] != new["total"]:
        yield student, "total", f"{old['total']:g}", f"{new['total']:g}", _why_total(old, new)


def _why(was: dict[str, Any] | None, now: dict[str, Any], made: str) -> str:
    if was is None:
        return "this check is new"
    if was["text"] != now["text"]:
        reason = "another solution was handed in"
    elif was["max"] != now["max"]:
        return f"the check is worth {now['max']} points, not {was['max']}"
    else:
        reason = made or "it was judged again"
    return f"{reason}; before: {was['sentence']} Now: {now['sentence']}"


def _why_total(old: dict[str, Any], new: dict[str, Any]) -> str:
    if (old["late"] or {}).get("penalty") != (new["late"] or {}).get("penalty"):
        return "the penalty for being late is another"
    return "see the checks"


def _made(before: dict[str, Any], after: dict[str, Any]) -> str:
    return " and ".join(why for what, why in MADE_WITH.items() if before["made_with"][what] != after["made_with"][what])


def as_csv(found: list[Change], no_formula: Any) -> str:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(COLUMNS)
    table.writerows([[no_formula(part) for part in change] for change in found])
    return text.getvalue()
