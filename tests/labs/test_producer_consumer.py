"""The checks of the lab on producers and consumers are right about every solution beside its master."""

import re
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

TABLE = Table("producer_consumer")
LAB = TABLE.lab
CHAPTERS = ("semaphores", "shared_memory", "message_queues", "pipes")


@pytest.mark.parametrize("path", sampled(TABLE.wrong, 20))
def test_a_wrong_solution_loses_its_check_for_the_right_reason(path):
    kind, _, why = path.read_text().splitlines()[0].removeprefix("# ").partition(": ")
    verdict = TABLE.judged(path)
    assert verdict.kind == kind, f"{why} {verdict}"
    assert kind in ("missing", "no plan", "busy", "refused") or verdict.run, "no picture of the failing run"
    assert kind in ("missing", "refused") or verdict.section


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
    assert len(TABLE.tasks) == 10 and LAB.points == 28
    for task in TABLE.tasks:
        assert sum(path.stem.startswith(f"{task}_") for path in TABLE.wrong) >= 7
        assert sum(path.stem.startswith(f"{task}_") for path in TABLE.right) >= 3


def test_the_rules_refuse_only_a_lock_of_threads():
    paths = TABLE.wrong + TABLE.right
    assert [path.stem for path in paths if refusal(path.read_text(), BESIDE_THE_GATE)] == ["many_lock_of_threads"]


def test_the_warm_up_succeeds_at_once_and_the_change_it_proposes_goes_wrong():
    check, start = TABLE.check("ready"), LAB.starts["ready"]
    assert check.points == 0 and TABLE.examined("ready", start, check.shown).right
    loaf, call = "    board[0] = 7                # loaf number 7 lies on the board\n", "    s.ready.V()\n"
    assert loaf + call in start
    assert TABLE.examined("ready", start.replace(loaf + call, call + loaf), check.shown).kind == "differs"


# What the check of the start finds where a guess is asked for.
PREDICTED = {("one", "steps"): 12, ("places", "steps"): 4, ("many", "steps"): 18, ("hatch", "comes_to"): "differs",
             ("evening", "comes_to"): "stuck", ("belt", "steps"): 1, ("receipts", "steps"): 8,
             ("chute", "comes_to"): "stuck", ("successor", "harmful_deaths"): 5}


@pytest.mark.parametrize(("task", "what"), PREDICTED)
def test_what_students_predict_is_what_the_check_of_the_start_finds(task, what):
    verdict = examine(task, LAB.starts[task], TABLE.check(task).shown, best())
    assert (verdict.facts | {"comes to": verdict.kind})[what.replace("_", " ")] == PREDICTED[task, what]


def test_every_guess_is_one_that_is_tested():
    asked = {found for cell in LAB.master.cells for found in re.findall(r'predict\("(\w+)", (\w+)=', cell.source)}
    assert asked == set(PREDICTED)


def test_the_experiment_between_the_tasks_runs_and_tells_the_steps():
    given = [cell.source for cell in LAB.master.cells if role(cell) == "given"]
    (experiment,) = [source for source in given if "guess = " in source]
    setup = "from ipclab import Semaphore, System, process\nfrom ipclab.explore import explore\n"
    assert setup in given[0]
    ran = subprocess.run([sys.executable, "-c", setup + experiment], capture_output=True, text=True, timeout=100)
    assert "nobody can go on after 6 steps." in ran.stdout.splitlines()[0], ran.stderr


def test_every_section_to_read_again_is_a_heading_of_a_chapter_or_of_the_lab():
    book = Path(__file__).parents[2] / "book"
    texts = [*((book / f"{name}.md").read_text() for name in CHAPTERS),
             *(cell.source for cell in LAB.master.cells if cell.cell_type == "markdown")]
    headings = {line.lstrip("# ") for text in texts for line in text.splitlines() if line.startswith("#")}
    sections = {name for check in LAB.checks for name in re.findall(r'section = "(.*)"', check.stories)}
    assert len(sections) >= 8 and sections <= headings


def test_the_notebook_beside_the_master_is_current():
    assert (LAB.folder / "producer_consumer.ipynb").read_text() == as_text(for_students(LAB.master))
