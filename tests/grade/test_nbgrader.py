"""A course that uses nbgrader can adopt the labs: nbgrader itself reads, and grades, what students get."""

import csv
import json
from pathlib import Path

import beside_nbgrader as nbgrader
import nbformat
import pytest

from ipclab.grade import lab as labs
from ipclab.grade import steps

READ = """
import sys
sys.modules["rfc3987_syntax"] = None        # see ipclab/grade/lab.py
from nbgrader.nbgraderformat import read
for name in sys.argv[1:]:
    try:
        with open(name) as file:
            print(len([cell for cell in read(file, 4).cells if "nbgrader" in cell.metadata]))
    except Exception as error:
        print(str(error).splitlines()[0])
"""
SPOILT = {"points": ({"points": -1}, "-1 is less than the minimum"), "id": ({"grade_id": "task-till"}, "Duplicate grade id"),
          "extra": ({"extra": 1}, "Additional properties are not allowed")}


ROOT = Path(__file__).parents[2]


def test_its_validator_accepts_every_lab_and_no_spoilt_one(tmp_path, signals, monkeypatch):
    monkeypatch.setenv("IPCLAB_LABS", str(ROOT / "labs"))
    texts, expected = {}, []
    for name in labs.lab_names():
        notebook = steps.for_students(labs.load(name).master)
        texts[name] = steps.as_text(notebook)
        expected.append(str(sum("task" in cell.metadata.lab for cell in notebook.cells)))
    for name, (spoil, words) in SPOILT.items():
        notebook = steps.for_students(signals.master)
        check = next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade"))
        check.metadata.nbgrader.update(spoil)
        texts[name] = nbformat.writes(notebook)
        expected.append(words)
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    done = nbgrader.python("-c", READ, *(tmp_path / name for name in texts))
    said = done.stdout.splitlines()
    assert done.returncode == 0 and len(said) == len(expected), done.stdout
    assert all(line == words if words.isdigit() else words in line for line, words in zip(said, expected)), said


@pytest.mark.slow
def test_nbgrader_hands_it_out_and_grades_it(tmp_path, monkeypatch):
    monkeypatch.setenv("IPCLAB_LABS", str(ROOT / "book" / "programs" / "instructors"))
    lab = labs.load("doorbell")
    course = tmp_path / "course"
    source = course / "source" / "week1" / "doorbell.ipynb"
    source.parent.mkdir(parents=True)
    source.write_text(steps.as_text(steps.for_students(lab.master)))
    (course / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'ipc'\n")

    def run(*args):
        done = nbgrader.python("-c", nbgrader.CODE, *args, cwd=course)
        assert done.returncode == 0, done.stdout
    run("generate_assignment", "week1", "--create")
    solutions = {"right": lab.solutions, "half": lab.starts | {"bell": lab.solutions["bell"]}, "untouched": {}, "deleted": None}
    for student, texts in solutions.items():
        notebook = json.loads((course / "release" / "week1" / "doorbell.ipynb").read_text())
        if texts is None:
            notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] != "task-bell"]
        for cell in notebook["cells"]:
            if cell["id"].startswith("task-") and texts and cell["id"][5:] in texts:
                cell["source"] = f"%%task {cell['id'][5:]}{texts[cell['id'][5:]]}"
        target = course / "submitted" / student / "week1" / "doorbell.ipynb"
        target.parent.mkdir(parents=True)
        target.write_text(json.dumps(notebook))
    run("autograde", "week1", "--create")
    run("export")
    with open(course / "grades.csv") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert scores == {"right": 3, "half": 1, "untouched": 0, "deleted": 0}
