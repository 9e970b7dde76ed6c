"""The checks of the lab on semaphores are right about every solution beside its master."""

import subprocess
import sys
from pathlib import Path

import pytest

from ipclab.grade.box import best
from ipclab.grade.judge import examine
from ipclab.grade.lab import role
from ipclab.grade.rules import BESIDE_THE_GATE, refusal
from ipclab.grade.steps import as_text, for_students

from .table import Table, sampled

TABLE = Table("semaphores")
LAB = TABLE.lab


@pytest.mark.parametrize("path", sampled(TABLE.wrong, 20))
def test_a_wrong_solution_loses_its_check_for_the_right_reason(path):
    kind, _, why = path.read_text().splitlines()[0].removeprefix("# ").partition(": ")
    verdict = TABLE.judged(path)
    assert verdict.kind == kind, f"{why} {verdict}"
    assert verdict.section and not verdict.right
    assert kind in ("missing", "no plan", "busy") or verdict.run, "no picture of the failing run"


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
    for task in TABLE.tasks:
        assert sum(path.stem.startswith(f"{task}_") for path in TABLE.wrong) >= 8
        assert sum(path.stem.startswith(f"{task}_") for path in TABLE.right) >= 4


def test_the_rules_refuse_none_of_them():
    paths = TABLE.wrong + TABLE.right
    assert [path.stem for path in paths if refusal(path.read_text(), BESIDE_THE_GATE)] == []


def test_the_warm_up_succeeds_at_once_and_each_change_it_proposes_goes_wrong():
    check, start = TABLE.check("hot"), LAB.starts["hot"]
    assert check.points == 0 and TABLE.examined("hot", start, check.shown).right
    for before, after in [('"hot": 0', '"hot": 1'), ("light()\n    s.hot.V()", "s.hot.V()\n    light()")]:
        assert before in start
        assert TABLE.examined("hot", start.replace(before, after), check.shown).kind == "differs"


@pytest.mark.parametrize(("task", "what", "found"), [
    ("trays", "steps", 2), ("carry", "comes_to", "stuck"), ("rounds", "comes_to", "stuck"), ("table", "steps", 3),
    ("move", "harmful_deaths", 2)])
def test_what_students_predict_is_what_the_check_of_the_start_finds(task, what, found):
    (guess,) = [cell.source for cell in LAB.master.cells if cell.source.startswith(f'predict("{task}", {what}=')]
    assert repr(found) not in guess
    verdict = examine(task, LAB.starts[task], TABLE.check(task).shown, best())
    assert (verdict.facts | {"comes to": verdict.kind})[what.replace("_", " ")] == found


def test_every_section_to_read_again_is_a_heading_of_the_chapter_or_of_the_lab():
    chapter = (Path(__file__).parents[2] / "book" / "semaphores.md").read_text()
    texts = [chapter, *(cell.source for cell in LAB.master.cells if cell.cell_type == "markdown")]
    headings = {line.lstrip("# ") for text in texts for line in text.splitlines() if line.startswith("#")}
    sections = {line.split('"')[1] for check in LAB.checks for line in check.stories.splitlines()
                if line.strip().startswith("section = ")}
    assert len(sections) >= 9 and sections <= headings


def test_the_experiments_between_the_tasks_run_and_answer_the_prediction():
    given = [cell.source for cell in LAB.master.cells if role(cell) == "given"]
    experiments = [source for source in given if "guess = " in source]
    setup = "from ipclab import Semaphore, SharedInteger, System, process, run\nfrom ipclab.explore import explore\n"
    assert len(experiments) == 3 and setup in given[0]
    ran = subprocess.run([sys.executable, "-c", setup + "\n".join(experiments)], capture_output=True, text=True,
                         timeout=100)
    assert [line.partition(" it ")[2] for line in ran.stdout.splitlines()] == [
        "can be [0, 1]", "can be [(0, 0), (0, 1), (1, 0), (1, 1)]", "is (0, 1)"], ran.stderr


def test_the_notebook_beside_the_master_is_current():
    assert (LAB.folder / "semaphores.ipynb").read_text() == as_text(for_students(LAB.master))
