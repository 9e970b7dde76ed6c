"""Grade a folder of submissions: pytest with nbval, in a process and a folder of its own, one item per check.

The judge's lines come back through a pipe while it runs. Should pytest itself be lost, each submission that it had not
finished is run again by itself, and what is lost twice is reported as ours, not as the student's.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .. import errors
from . import telling
from .box import Box, best, offers
from .lab import Lab, folder
from .plugin import assembled
from .submissions import Submission, collected
from .verdict import Verdict

__all__ = ["Result", "Run", "grade"]

CONFIGURATION = "[pytest]\n"


@dataclass
class Result:
    """What one submission earned: a verdict for each graded check, in the lab's order."""

    submission: Submission
    verdicts: list[Verdict]
    points: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.points[verdict.task] for verdict in self.verdicts if verdict.right)

    @property
    def most(self) -> int:
        return sum(self.points.values())


@dataclass
class Run:
    """A graded folder."""

    lab: Lab
    box: Box
    results: list[Result] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """False if the grader itself failed somewhere."""
        return all(verdict.kind != "grader" for result in self.results for verdict in result.verdicts)


Progress = Callable[[int, int, str], None]       # checks done, checks in all, whose was the last


def grade(lab: Lab, submissions: Path, *, jobs: int = 1, unsafe: bool = False,
          progress: Progress = lambda done, of, who: None) -> Run:
    """Grade every submission of a folder. Raises NotInstalled where there is no box, unless `unsafe`."""
    box = best()
    if not box.safe and not unsafe:
        raise errors.NotInstalled("There is no box here in which to run students' code apart from everything else. " +
                                  " ".join(f"{problem}." for problem in offers().values()) +
                                  " `ipclab doctor` says more; --unsafe grades without a box, on your own risk.")
    found = collected(submissions, lab.name, [check.task for check in lab.graded])
    hidden = (folder().resolve(), submissions.resolve())
    readable = {f"{number:05}.ipynb": one for number, one in enumerate(found) if not one.problem}
    verdicts = _judged(lab, readable, box, hidden, jobs, progress)
    names = {one.slug: name for name, one in readable.items()}
    return Run(lab, box, [_result(lab, one, verdicts.get(names.get(one.slug, ""), {})) for one in found])


def _result(lab: Lab, submission: Submission, verdicts: dict[str, Verdict]) -> Result:
    def of(task: str) -> Verdict:
        if submission.problem:
            return Verdict(task, "unreadable", submission.problem)
        return verdicts.get(task) or telling.grader(task, "the grader was ended while it judged this submission")

    points = {check.task: check.points for check in lab.graded}
    return Result(submission, [of(task) for task in points], points)


def _judged(lab: Lab, submissions: dict[str, Submission], box: Box, hidden: tuple[Path, ...], jobs: int,
            progress: Progress) -> dict[str, dict[str, Verdict]]:
    """Verdicts by file and task."""
    verdicts: dict[str, dict[str, Verdict]] = {name: {} for name in submissions}
    most = len(submissions) * len(lab.graded)
    for batch in [list(submissions), *([name] for name in submissions)]:     # the second time each by itself
        left = [name for name in batch if len(verdicts[name]) < len(lab.graded)]
        if not left:
            continue
        with tempfile.TemporaryDirectory(prefix="ipclab-grading-") as work:
            for name in left:
                text = json.dumps(assembled(lab, submissions[name].solutions))
                Path(work, name).write_text(text)
            Path(work, "pytest.ini").write_text(CONFIGURATION)
            for line in _lines(Path(work), box, hidden, min(jobs, len(left))):
                verdicts[line["file"]][line["task"]] = _verdict(line)
                progress(sum(map(len, verdicts.values())), most, submissions[line["file"]].student)
    return verdicts


def _verdict(line: dict) -> Verdict:
    """Only what nbval passed is right."""
    if line["verdict"] is None:
        *_, reason = ["no reason given", *line["trouble"].splitlines()]
        return telling.grader(line["task"], f"the grader failed ({reason})")
    verdict = Verdict.from_plain(line["verdict"])
    if verdict.right and not line["passed"]:
        return telling.grader(line["task"], "the grader contradicts itself")
    return verdict


def _lines(work: Path, box: Box, hidden: tuple[Path, ...], jobs: int) -> Iterator[dict]:
    read, write = os.pipe()
    with open(work / "pytest.log", "wb") as log:
        process = subprocess.Popen(_command(work, box, hidden, jobs, write), cwd=work, env=_environment(), stdout=log,
                                   stderr=log, stdin=subprocess.DEVNULL, pass_fds=(write,), start_new_session=True)
    os.close(write)
    try:
        with open(read) as lines:
            for line in lines:
                yield json.loads(line)
        process.wait()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _command(work: Path, box: Box, hidden: tuple[Path, ...], jobs: int, report: int) -> list[str]:
    shared = ["-p", "xdist.plugin", "-n", str(jobs), "--dist", "loadfile"] if jobs > 1 else []
    return [sys.executable, "-I", "-m", "pytest", "-q", "-c", str(work / "pytest.ini"), "--rootdir", str(work),
            "--noconftest", "-p", "no:cacheprovider", "-p", "ipclab.grade.plugin", "-p", "nbval.plugin", *shared,
            "--ipclab-report", str(report), "--ipclab-box", json.dumps({"kind": box.kind, "program": box.program}),
            *(f"--ipclab-hidden={path}" for path in hidden), str(work)]


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON"))}
    return kept | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
