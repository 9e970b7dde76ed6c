"""From the master to the student's notebook."""

import difflib
import json
from pathlib import Path

import jupytext
import nbformat
import pytest

from ipclab.grade import lab as labs
from ipclab.grade import steps

LAB = Path(__file__).parents[2] / "labs" / "signals"


@pytest.fixture(scope="module")
def signals():
    """The whole lab, as it is in the repository."""
    master = jupytext.read(LAB / "master.md", fmt="md:myst")
    return labs.Lab("signals", master.metadata.lab.title, master, LAB)


@pytest.fixture(scope="module")
def released(signals):
    return steps.for_students(signals.master)


def test_the_notebook_in_the_repository_is_up_to_date(released):
    there, now = (LAB / "signals.ipynb").read_text(), steps.as_text(released)
    assert there == now, "run `ipclab release signals`:\n" + "\n".join(
        list(difflib.unified_diff(there.splitlines(), now.splitlines(), lineterm=""))[:20])


def test_students_get_no_solution_and_no_hidden_check(signals, released):
    text = steps.as_text(released)
    kept = [cell.source for cell in signals.master.cells if labs.role(cell) in steps.FOR_STUDENTS]
    secret = [cell.source for cell in signals.master.cells if labs.role(cell) not in steps.FOR_STUDENTS]
    lines = {line for source in secret for line in source.splitlines()} - {line for source in kept for line in source.splitlines()}
    assert len(lines) > 50
    encoded = {json.dumps(line)[1:-1] for line in lines if line.strip()}
    ends = [(before, after) for before in ('"', "\\n") for after in ('"', "\\n")]         # of a line in JSON
    assert {line for line in encoded if any(f"{a}{line}{b}" in text for a, b in ends)} == set()
    assert not any(f'"role": "{role}"' in text for role in ("hidden", "solution", "instructor"))


def test_each_task_begins_with_its_start(signals, released):
    tasks = {cell.metadata.lab.task: labs.stripped(cell.source) for cell in released.cells if cell.metadata.lab.role == "task"}
    assert tasks == signals.starts


def test_there_are_no_outputs_and_it_is_valid(released):
    nbformat.validate(released)
    assert all(not cell.outputs and cell.execution_count is None for cell in released.cells if cell.cell_type == "code")
    assert released.metadata.kernelspec.name == "python3"


def test_ids_stay_what_they_are(signals, released):
    again = steps.for_students(jupytext.read(LAB / "master.md", fmt="md:myst"))
    assert steps.as_text(again) == steps.as_text(released)
    assert len({cell.id for cell in released.cells}) == len(released.cells)
    edited = nbformat.from_dict(json.loads(json.dumps(signals.master)))
    edited.cells[0].source += "\nOne more sentence."
    ids, before = ({cell.id for cell in nb.cells} for nb in (steps.for_students(edited), released))
    assert len(before - ids) == 1


def test_the_master_itself_is_not_changed(signals):
    before = json.dumps(signals.master)
    steps.for_students(signals.master)
    assert json.dumps(signals.master) == before


def test_a_cell_of_unknown_role_stops_the_release(signals):
    wrong = nbformat.from_dict(json.loads(json.dumps(signals.master)))
    wrong.cells.append(nbformat.v4.new_code_cell("secret", metadata={"lab": {"role": "hiden"}}))
    with pytest.raises(ValueError, match="hiden"):
        steps.for_students(wrong)
    wrong.cells[-1] = nbformat.v4.new_code_cell("secret")
    with pytest.raises(ValueError, match="None"):
        steps.for_students(wrong)


def test_an_unknown_lab_names_those_there_are():
    with pytest.raises(labs.UnknownLab, match="signals"):
        labs.load("signal")


def test_each_graded_task_has_a_solution_of_its_own_a_shown_check_and_a_hidden_one(signals):
    for check in signals.graded:
        assert signals.solutions[check.task] != signals.starts[check.task]
        assert check.shown and check.hidden and check.points >= 2
    assert len(signals.graded) >= 8
