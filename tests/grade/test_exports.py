"""What leaves for other systems: Canvas's import file, and an autograder that runs as Gradescope runs it."""

import csv
import io
import json
import os
import subprocess
import sys
import zipfile
from types import SimpleNamespace

import pytest

from ipclab import errors
from ipclab.grade import canvas, gradescope, run
from ipclab.grade.box import Box

from .test_scale import environment, hand_in, lab  # noqa: F401

EXPORT = """\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Week 1 (77),The doorbell (4711),Current Score
"    Points Possible",,,,,5,3,(read only)
"Doe, Jane",11,s11,jdoe,A,4,,80
"Lee, Kim",12,s12,klee,A,3,2,60
"Lee, Kim",13,s13,kim2,B,3,,60
"Roe, Richard",14,s14,rroe,B,,,
"Student, Test",99,,,,,,
"""


def results(*submissions):
    return {"title": "The doorbell", "max": 3, "submissions": [
        {"student": student, "id": id, "total": total} for student, id, total in submissions]}


def imported(text):
    """The rows of an import file, read as Canvas's importer reads them: by the first line's names."""
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert list(rows[0])[:2] == ["Student", "ID"] and rows[0]["Student"].strip() == "Points Possible"
    return rows


@pytest.fixture
def gradebook(tmp_path):
    (tmp_path / "export.csv").write_text(EXPORT)
    return tmp_path / "export.csv"


def test_marks_go_to_the_student_whose_they_are_and_to_nobody_else(gradebook):
    made = canvas.filled(results(("doejane", "11", 3), ("klee", "", 1.75), ("Richard Roe", "", 0), ("Kim Lee", "", 2),
                                 ("stranger", "", 3), ("doejane (2)", "11", 1)), gradebook)
    rows = imported(made.text)
    assert {row["ID"]: row["The doorbell (4711)"] for row in rows[1:]} == {"11": "3", "12": "1.75", "14": "0"}
    assert list(rows[0]) == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "The doorbell (4711)"]
    assert rows[0]["The doorbell (4711)"] == "3" and rows[1]["Student"] == "Doe, Jane" and rows[1]["Section"] == "A"
    assert made.unmatched == ["Kim Lee", "stranger", "doejane (2)"] and made.filled == 3


@pytest.mark.parametrize("asked, column", [("Week 1", "Week 1 (77)"), ("Week 1 (77)", "Week 1 (77)"), ("New", "New")])
def test_the_column_is_the_assignments(gradebook, asked, column):
    assert column in imported(canvas.filled(results(("", "11", 3)), gradebook, asked).text)[0]


def test_what_is_no_gradebook_says_how_to_get_one(tmp_path, gradebook):
    (tmp_path / "wrong.csv").write_text("name,mark\na,1\n")
    with pytest.raises(errors.Misuse, match="Export Entire Gradebook"):
        canvas.filled(results(), tmp_path / "wrong.csv")
    gradebook.write_text(EXPORT.replace("Week 1 (77)", "The doorbell (78)"))
    with pytest.raises(errors.Misuse, match="There are several"):
        canvas.filled(results(), gradebook)


def test_the_command_says_who_is_missing(tmp_path, gradebook):
    (tmp_path / "results.json").write_text(json.dumps(results(("doejane", "11", 3), ("stranger", "", 3))))
    command = [sys.executable, "-m", "ipclab.cli", "canvas", tmp_path, gradebook, "--out", tmp_path / "import.csv"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment())
    assert done.returncode == 1 and "marks of 1 students" in done.stdout and "not in the gradebook" in done.stderr
    assert "stranger" in done.stderr and len(imported((tmp_path / "import.csv").read_text())) == 2


@pytest.fixture(scope="module")
def autograder(tmp_path_factory, lab):                                             # noqa: F811
    """The archive, unpacked where Gradescope would put it, under a folder of our own."""
    root = tmp_path_factory.mktemp("gradescope") / "autograder"
    (root / "submission").mkdir(parents=True)
    archive = root.parent / "autograder.zip"
    gradescope.archive(lab, archive)
    with zipfile.ZipFile(archive) as file:
        file.extractall(root / "source")
        modes = {info.filename: info.external_attr >> 16 & 0o777 for info in file.infolist()}
    for name, mode in modes.items():
        if mode:
            os.chmod(root / "source" / name, mode)

    def run():
        done = subprocess.run([root / "source" / "run_autograder"], cwd=root, capture_output=True, text=True, timeout=300,
                              env={**os.environ, "AUTOGRADER_ROOT": str(root), "IPCLAB_PYTHON": sys.executable})
        assert done.returncode == 0, done.stderr
        return json.loads((root / "results" / "results.json").read_text())

    return SimpleNamespace(root=root, run=run, modes=modes)


def test_the_autograder_runs_and_keeps_the_contract(autograder, lab, hand_in):               # noqa: F811
    hand_in(autograder.root / "submission", "my lab (1)", bell=lab.solutions["bell"])
    found = autograder.run()
    assert found["score"] == 1 and isinstance(found["execution_time"], int)
    assert [(test["name"], test["score"], test["max_score"], test["status"]) for test in found["tests"]] == [
        ("bell", 1, 1, "passed"), ("soup", 0, 2, "failed")]
    assert "the pinches came out as 1" in found["tests"][1]["output"] and "Read again" in found["tests"][1]["output"]
    assert set(found) <= {"score", "output", "output_format", "visibility", "stdout_visibility", "tests", "execution_time"}
    assert "randrange" not in json.dumps(found)


def test_what_it_cannot_judge_is_said_in_its_results(autograder, monkeypatch):
    for path in (autograder.root / "submission").iterdir():
        path.unlink()
    (autograder.root / "submission" / "essay.txt").write_text("")
    gradescope.main(autograder.root)
    found = json.loads((autograder.root / "results" / "results.json").read_text())
    assert found["score"] == 0 and "no notebook" in found["output"]
    monkeypatch.setattr(run, "best", lambda: Box("none"))
    gradescope.main(autograder.root)
    found = json.loads((autograder.root / "results" / "results.json").read_text())
    assert found["score"] == 0 and found["output"].startswith("There is no box here") and "tests" not in found


def test_the_archive_has_what_it_needs_and_nothing_else(autograder):
    source = autograder.root / "source"
    assert autograder.modes["setup.sh"] == autograder.modes["run_autograder"] == 0o755
    assert {path.name for path in source.iterdir()} == {"setup.sh", "run_autograder", "about.json", "requirements.txt",
                                                        "ipclab", "labs"}
    assert [str(path.relative_to(source)) for path in (source / "labs").rglob("*.*")] == ["labs/doorbell/master.md"]
    subprocess.run(["bash", "-n", source / "setup.sh"], check=True)
    pinned = (source / "requirements.txt").read_text().splitlines()
    assert all("==" in line for line in pinned) and {"nbval", "sysv-ipc", "pytest"} <= {line.split("==")[0] for line in pinned}
