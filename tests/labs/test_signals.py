"""The checks of the lab on signals are right about every solution beside its master."""

import re

import pytest

from ipclab.grade.rules import refusal
from ipclab.grade.steps import as_text, for_students

from .table import Table, sampled

TABLE = Table("signals")
LAB = TABLE.lab


@pytest.mark.parametrize("path", sampled(TABLE.wrong, 20))
def test_a_wrong_solution_loses_its_check_for_the_right_reason(path):
    kind, _, why = path.read_text().splitlines()[0].removeprefix("# ").partition(": ")
    verdict = TABLE.judged(path)
    assert verdict.kind == kind, f"{why} {verdict}"
    assert verdict.section and not verdict.right
    assert verdict.run["interrupted"]["steps"], "no picture of the failing run"


@pytest.mark.parametrize("path", sampled(TABLE.right, 20))
def test_a_right_solution_loses_nothing(path):
    verdict = TABLE.judged(path)
    assert verdict.right, verdict


@pytest.mark.parametrize("task", TABLE.tasks)
def test_the_master_s_own_solution_is_right_and_the_start_is_not(task):
    check = TABLE.check(task)
    assert TABLE.examined(task, LAB.solutions[task], check.shown).right
    assert TABLE.examined(task, LAB.starts[task], check.shown).kind == "untouched"


@pytest.mark.slow
@pytest.mark.parametrize("task", TABLE.tasks)
def test_the_master_s_own_solution_is_right_in_the_hidden_stories_too(task):
    assert TABLE.examined(task, LAB.solutions[task], TABLE.check(task).stories).right


def test_each_task_has_several_of_both():
    assert len(TABLE.tasks) >= 8
    for task in TABLE.tasks:
        assert sum(path.stem.startswith(f"{task}_") for path in TABLE.wrong) >= 5
        assert sum(path.stem.startswith(f"{task}_") for path in TABLE.right) >= 2


def test_the_rules_refuse_none_of_them():
    assert [path.stem for path in TABLE.wrong + TABLE.right if refusal(path.read_text())] == []


def test_the_warm_up_succeeds_at_once():
    check = TABLE.check("bell")
    assert check.points == 0 and TABLE.examined("bell", LAB.starts["bell"], check.shown).right


def test_every_section_to_read_again_is_a_heading_of_the_lab():
    headings = {line.lstrip("# ") for cell in LAB.master.cells if cell.cell_type == "markdown"
                for line in cell.source.splitlines() if line.startswith("#")}
    sections = {name for check in LAB.checks for name in re.findall(r'section = "(.*)"', check.stories)}
    assert len(sections) == len(LAB.checks) and sections <= headings


def test_what_students_predict_is_what_the_check_of_the_start_counts():
    """A number is asked for wherever there is one to count: not where it goes wrong at once."""
    asked = {name for cell in LAB.master.cells for name in re.findall(r'predict\("(\w+)"', cell.source)}
    assert asked == set(TABLE.tasks) - {"children"}
    verdict = TABLE.examined("nap", LAB.starts["nap"], TABLE.check("nap").shown)
    assert 0 < verdict.wrong < verdict.instants


def test_the_notebook_beside_the_master_is_current():
    assert (LAB.folder / "signals.ipynb").read_text() == as_text(for_students(LAB.master))
