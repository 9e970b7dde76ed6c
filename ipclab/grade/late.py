"""Late submissions: when each was handed in, and what that costs.

A table may say when each was handed in (`--times`, columns `student` and `time`: for an extension, or from the learning
platform's own list). For whoever is not in it, it is the time at which the file was last changed. That is right for
files that the platform put into a ZIP archive, or that were copied with their times (`cp -p`), and wrong after a plain
copy. Nothing that lies beside the notebook or in it is asked: students could write it.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from .. import errors
from .submissions import Submission

__all__ = ["Due", "Late", "moment", "times_of"]

DAY = 24 * 3600


@dataclass(frozen=True)
class Late:
    """When one submission was handed in, how many days (begun ones count) too late, and the share of points it loses."""

    handed_in: datetime
    days: int
    penalty: float                   # 0 to 1

    @property
    def sentence(self) -> str:
        """For the student; empty if it was in time."""
        if not self.days:
            return ""
        when = self.handed_in.strftime("%Y-%m-%d %H:%M")
        begun = "one day" if self.days == 1 else f"{self.days} days"
        return f"Handed in at {when}, {begun} late: {self.penalty:.0%} of the points are taken off."


@dataclass(frozen=True)
class Due:
    """A due date. Each day begun after it costs `per_day` of the points, a share from 0 to 1."""

    when: datetime
    per_day: float = 0.0
    times: Mapping[str, datetime] = field(default_factory=dict)

    def of(self, submission: Submission) -> Late | None:
        """None if nobody says when it was handed in, or nothing was."""
        handed_in = self.times.get(submission.student)
        if handed_in is None and submission.changed:
            handed_in = datetime.fromtimestamp(submission.changed).astimezone()
        if handed_in is None:
            return None
        days = math.ceil(max(0.0, (handed_in - self.when).total_seconds()) / DAY)
        return Late(handed_in, days, min(1.0, days * self.per_day))


def moment(text: str) -> datetime:
    """A date and time as ISO 8601 writes it; without a zone it is this machine's. Raises Misuse."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        raise errors.Misuse("grade", f"time {text!r}", hint="Write it as 2026-11-20T23:59, or 2026-11-20T23:59+01:00.") \
            from None


def times_of(table: Path) -> dict[str, datetime]:
    """What a CSV table with the columns `student` and `time` says."""
    with open(table, newline="", encoding="utf-8-sig") as file:
        rows = csv.DictReader(file)
        if not {"student", "time"} <= set(rows.fieldnames or ()):
            raise errors.Misuse("grade", f"table {str(table)!r}", hint="Its first line must be: student,time")
        return {row["student"]: moment(row["time"]) for row in rows if row["time"]}
