"""Grade a folder of submissions: what the journal does not know yet is judged, by engines here or on a cluster.

The engines' lines come back while they judge, and each is in the journal before it counts. What takes an engine down
twice is reported as ours, not as the student's.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import errors
from . import telling
from .box import Box, best
from .cluster import judged_by, no_box
from .engine import Engines, Line
from .journal import Journal, key, made_with
from .lab import Lab, folder
from .late import Due, Late
from .plugin import assembled
from .submissions import Submission, collected
from .verdict import Verdict

__all__ = ["Checked", "Result", "Run", "grade"]


@dataclass(frozen=True)
class Checked:
    """One check of one submission, and what decided it."""

    verdict: Verdict
    most: int                        # points that the check is worth
    seconds: float = 0.0             # that judging took, by the clock; 0 if it took none
    text: str = ""                   # a short digest of the solution's text, to see that it is another

    @property
    def points(self) -> int:
        return self.most if self.verdict.right else 0


@dataclass
class Result:
    """What one submission earned: one `Checked` for each graded check, in the lab's order."""

    submission: Submission
    checks: list[Checked]
    late: Late | None = None         # None: there is no due date

    @property
    def earned(self) -> int:
        return sum(check.points for check in self.checks)

    @property
    def total(self) -> float:
        """The points that count: what was earned, less the penalty."""
        return round(self.earned * (1 - self.late.penalty), 2) if self.late else self.earned

    @property
    def most(self) -> int:
        return sum(check.most for check in self.checks)


@dataclass
class Run:
    """A graded folder."""

    lab: Lab
    box: Box
    results: list[Result] = field(default_factory=list)
    made: dict[str, Any] = field(default_factory=dict)       # see `journal.made_with`

    @property
    def sound(self) -> bool:
        """False if the grader itself failed somewhere."""
        return all(check.verdict.kind != "grader" for result in self.results for check in result.checks)


@dataclass(frozen=True)
class Piece:
    """The checks of one submission that are still to be judged."""

    student: str
    notebook: dict[str, Any]
    keys: dict[str, str]             # task → key


Progress = Callable[[int, int, str], None]       # checks done, checks to be done in all, whose was the last
Judged = Iterator[tuple[int, Line]]          # which of the notebooks, and one of its checks


def grade(lab: Lab, submissions: Path, journal: Journal, *, jobs: int = 1, cluster: str = "", unsafe: bool = False,
          due: Due | None = None, progress: Progress = lambda done, of, who: None) -> Run:
    """Grade every submission of a folder. Raises NotInstalled where there is no box, unless `unsafe`.

    `cluster` is the address of a Dask scheduler whose workers judge instead of this machine.
    """
    # A cluster's workers have boxes of their own, or refuse.
    box = Box("none" if unsafe else "cluster") if cluster else best()
    if not box.safe and not unsafe:
        raise errors.NotInstalled(no_box())
    found = collected(submissions, lab.name, [check.task for check in lab.graded])
    made = made_with(lab, box.safe)
    pieces = list(_pieces(lab, found, made, set(journal.entries)))
    hidden = (folder().resolve(), submissions.resolve())
    notebooks = [piece.notebook for piece in pieces]
    lines = judged_by(cluster, notebooks, unsafe) if cluster else _judged_here(notebooks, box, hidden, jobs)
    failed = _kept(lines, pieces, journal, progress)
    judged = journal.entries | failed
    return Run(lab, box, [_result(lab, one, made, judged, due) for one in found], made)


def _pieces(lab: Lab, found: list[Submission], made: dict[str, Any], known: set[str]) -> Iterator[Piece]:
    """What is to be judged: each text once, however many handed it in."""
    for one in found:
        keys = {check.task: key(made, check.task, one.solutions.get(check.task)) for check in lab.graded}
        left = {task: found for task, found in keys.items() if found not in known and not one.problem}
        if left:
            known |= set(left.values())
            yield Piece(one.student, assembled(lab, one.solutions, left), left)


def _judged_here(notebooks: list[dict[str, Any]], box: Box, hidden: tuple[Path, ...], jobs: int) -> Judged:
    said: queue.SimpleQueue[tuple[int, Line] | None] = queue.SimpleQueue()

    def judge(number: int) -> None:
        try:
            for line in engines.judged(notebooks[number]):
                said.put((number, line))
        finally:
            said.put(None)

    with Engines(box, hidden) as engines, ThreadPoolExecutor(jobs) as pool:
        try:
            futures = [pool.submit(judge, number) for number in range(len(notebooks))]
            left = len(futures)
            while left:
                if (what := said.get()) is None:
                    left -= 1
                else:
                    yield what
            for future in futures:
                future.result()
        finally:
            engines.stop()           # or the pool would wait for what is being judged
            pool.shutdown(wait=False, cancel_futures=True)


def _kept(lines: Judged, pieces: list[Piece], journal: Journal, progress: Progress) -> dict[str, dict[str, Any]]:
    """Put what is judged into the journal; the grader's own failures are returned instead, to be tried again next time."""
    of, done, failed = sum(len(piece.keys) for piece in pieces), 0, {}
    progress(0, of, "")
    for number, line in lines:
        piece = pieces[number]
        entry = {"key": piece.keys[line["task"]], "verdict": _verdict(line).plain(), "seconds": line["seconds"],
                 "at": round(time.time(), 3)}
        if entry["verdict"]["kind"] == "grader":
            failed[entry["key"]] = entry
        else:
            journal.add([entry])
        done += 1
        progress(done, of, piece.student)
    return failed


def _verdict(line: Line) -> Verdict:
    """Only what nbval passed is right."""
    if line["verdict"] is None:
        *_, reason = ["no reason given", *line["trouble"].splitlines()]
        return telling.grader(line["task"], f"the grader failed ({reason})")
    verdict = Verdict.from_plain(line["verdict"])
    if verdict.right and not line["passed"]:
        return telling.grader(line["task"], "the grader contradicts itself")
    return verdict


def _result(lab: Lab, one: Submission, made: dict[str, Any], judged: dict[str, dict[str, Any]], due: Due | None) -> Result:
    def checked(task: str, most: int) -> Checked:
        if one.problem:
            return Checked(Verdict(task, "unreadable", one.problem), most)
        text = one.solutions.get(task)
        entry = judged[key(made, task, text)]
        return Checked(Verdict.from_plain(entry["verdict"]), most, entry["seconds"], key({}, task, text)[:12])

    return Result(one, [checked(check.task, check.points) for check in lab.graded], due.of(one) if due else None)
