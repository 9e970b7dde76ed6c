"""What the tests of the labs share: the solutions beside a master, and what the judge says of each."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from ipclab.grade import lab as labs
from ipclab.grade.box import best
from ipclab.grade.judge import examine
from ipclab.grade.lab import Check
from ipclab.grade.verdict import Verdict


class Table:
    """A lab's wrong and right solutions. A file is named TASK_what.py, and a wrong one begins with `# kind: why`."""

    def __init__(self, name: str):
        self.lab = labs.load(name)
        self.wrong, self.right = (sorted((self.lab.folder / side).glob("*.py")) for side in ("wrong", "right"))
        self.tasks = [check.task for check in self.lab.graded]

    def check(self, task: str) -> Check:
        return next(check for check in self.lab.checks if check.task == task)

    def judged(self, path: Path) -> Verdict:
        """Under all stories of its task's check, as grading does it."""
        check = next(check for check in self.lab.graded if path.stem.startswith(f"{check.task}_"))
        return self.examined(check.task, path.read_text(), check.stories)

    def examined(self, task: str, source: str, stories: str) -> Verdict:
        return examine(task, source, stories, best(), start=self.lab.starts[task], secret=self.lab.secret)


def sampled(paths: list[Path], every: int) -> list:
    """A parameter for each file. Of each task's, each so-manieth is always judged, the others by `make stress`."""
    seen: Counter[str] = Counter()
    found = []
    for path in paths:
        task = path.stem.split("_")[0]
        found.append(pytest.param(path, id=path.stem, marks=[pytest.mark.slow] if seen[task] % every else []))
        seen[task] += 1
    return found
