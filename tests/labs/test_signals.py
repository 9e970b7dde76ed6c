"""The checks of the lab on signals are right about every solution beside its master."""

from pathlib import Path

import pytest

from ipclab.grade import lab as labs
from ipclab.grade.box import best
from ipclab.grade.judge import examine
from ipclab.grade.rules import refusal

LAB = labs.load("signals")
WRONG, RIGHT = (sorted((LAB.folder / side).glob("*.py")) for side in ("wrong", "right"))
TASKS = [check.task for check in LAB.graded]


def _verdict(path: Path):
    """A solution's file is named TASK_what.py. A wrong one says in its first line how it must come out."""
    check = next(check for check in LAB.graded if path.stem.startswith(f"{check.task}_"))
    return examine(check.task, path.read_text(), check.stories, best(), start=LAB.starts[check.task], secret=LAB.secret)


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_a_wrong_solution_loses_its_check_for_the_right_reason(path):
    kind, _, why = path.read_text().splitlines()[0].removeprefix("# ").partition(": ")
    verdict = _verdict(path)
    assert verdict.kind == kind, f"{why} {verdict}"
    assert verdict.section and not verdict.right


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: path.stem)
def test_a_right_solution_loses_nothing(path):
    verdict = _verdict(path)
    assert verdict.right, verdict


@pytest.mark.parametrize("task", TASKS)
def test_the_master_s_own_solution_is_right_and_the_start_is_not(task):
    check = next(check for check in LAB.graded if check.task == task)
    for source, kind in [(LAB.solutions[task], "right"), (LAB.starts[task], "untouched")]:
        verdict = examine(task, source, check.shown, best(), start=LAB.starts[task], secret=LAB.secret)
        assert verdict.kind == kind, verdict


def test_each_task_has_several_of_both():
    for task in TASKS:
        assert sum(path.stem.startswith(f"{task}_") for path in WRONG) >= 5
        assert sum(path.stem.startswith(f"{task}_") for path in RIGHT) >= 4


def test_the_rules_refuse_none_of_them():
    assert [path.stem for path in WRONG + RIGHT if refusal(path.read_text())] == []


def test_the_warm_up_succeeds_at_once():
    check = next(check for check in LAB.checks if check.task == "bell")
    assert check.points == 0 and examine("bell", LAB.starts["bell"], check.shown, best()).right
