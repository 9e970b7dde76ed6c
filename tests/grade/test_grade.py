"""A folder of submissions, graded by the command: marks, pages, notes, and what it refuses."""

import csv
import html
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ipclab.cli import app
from ipclab.draw.picture import package_file
from ipclab.grade import lab as labs
from ipclab.grade import engine, report, run, steps
from ipclab.grade.journal import Journal
from ipclab.grade.pictures import script_hash
from ipclab.grade.submissions import Submission
from ipclab.grade.verdict import Verdict

from .conftest import needs_bubblewrap

COMMAND = [sys.executable, "-m", "ipclab.cli"]
ZERO = "0 0 0 0 0"
SVG = 'xmlns="http://www.w3.org/2000/svg"'


def _ipclab(*args, **environment):
    return subprocess.run([*COMMAND, *map(str, args)], capture_output=True, text=True, timeout=600,
                          env={**os.environ, "COLUMNS": "500", "NO_COLOR": "1", **environment})


def _here(*args, **environment):
    """The command in this process, which is cheaper, where it only says something."""
    return CliRunner().invoke(app, list(map(str, args)), env={"COLUMNS": "500", "NO_COLOR": "1", **environment})


def _rows(out):
    return {row["student"]: row for row in csv.DictReader(io.StringIO((out / "grades.csv").read_text(), newline=""))}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, signals, handed_in):
    """One of everything."""
    folder, right = tmp_path_factory.mktemp("in"), signals.solutions

    def put(name, notebook):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(notebook if isinstance(notebook, str) else json.dumps(notebook))
        return path

    put("untouched.ipynb", handed_in())
    put("right.ipynb", handed_in(**right))
    put("half.ipynb", handed_in(till=right["till"], tray=right["tray"], journal="class Journal(:\n"))
    put("wrong.ipynb", handed_in(**{task: "x = 1" for task in right}))
    put("broken.ipynb", "{")
    put("=HYPERLINK(1).ipynb", handed_in(tray=right["tray"]))
    put("a,b\n\"c\" <i>.ipynb", handed_in(receipt=right["receipt"]))
    put("exits.ipynb", handed_in(**{"tickets": right["tickets"], "receipt": "import os\nos._exit(0)", "tray": "import signal\nsignal.raise_signal(9)"}))
    put("in a folder/signals.ipynb", handed_in(tray=right["tray"]))
    put("in a folder/conftest.py", "raise SystemExit('conftest ran')")
    put("conftest.py", "raise SystemExit('conftest ran')")
    put("pytest.ini", "[pytest]\naddopts = --deselect=till\n")
    tagged = handed_in(tickets="# NBVAL_SKIP\n" + signals.starts["tickets"].lstrip())
    for cell in tagged["cells"]:
        cell["metadata"]["tags"] = ["nbval-skip", "raises-exception", "nbval-ignore-output"]
        cell["metadata"]["lab"]["points"] = 100
        if cell["metadata"]["lab"]["role"] == "check":
            cell["source"] = "%%check till\nprint('all right')"
    put("tagged.ipynb", tagged)
    (folder / "link.ipynb").symlink_to(labs.folder() / "signals" / "master.md")
    deleted = handed_in(till=right["till"], receipt=right["receipt"])
    deleted["cells"] = [cell for cell in deleted["cells"] if cell["id"] != "task-till"]
    put("deleted.ipynb", deleted)
    return folder


@pytest.fixture(scope="module")
def graded(folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    done = _ipclab("grade", "signals", folder, "--out", out)
    assert done.returncode == 0, done.stdout + done.stderr
    return out, done


EXPECTED = {
    "untouched": (ZERO, ""), "right": ("2 2 2 2 2", ""), "half": ("2 0 0 0 2", ""), "wrong": (ZERO, ""),
    "broken": (ZERO, "The file is no notebook"), "'=HYPERLINK(1)": ("0 0 0 0 2", ""), 'a,b\N{REPLACEMENT CHARACTER}"c" <i>': ("0 2 0 0 0", ""),
    "exits": ("0 0 0 2 0", ""), "in a folder": ("0 0 0 0 2", ""), "tagged": (ZERO, ""),
    "link": (ZERO, "not a plain file"), "deleted": ("0 2 0 0 0", ""),
}


def test_every_submission_gets_its_marks(graded):
    rows = _rows(graded[0])
    assert set(rows) == set(EXPECTED)
    for student, (marks, note) in EXPECTED.items():
        row = rows[student]
        got = " ".join(row[task] for task in ("till", "receipt", "journal", "tickets", "tray"))
        assert (got, int(row["total"]), row["max"]) == (marks, sum(map(int, marks.split())), "10"), student
        assert note in row["note"] and bool(note) == bool(row["note"])


def test_the_results_say_the_same(graded):
    data = json.loads((graded[0] / "results.json").read_text())
    assert (data["lab"], data["max"]) == ("signals", 10)
    for one in data["submissions"]:
        row = next(row for name, row in _rows(graded[0]).items() if name.lstrip("'") == one["student"])
        assert int(row["total"]) == one["total"] == sum(check["points"] for check in one["checks"])
        assert (graded[0] / one["feedback"]).is_file()


def test_each_page_shows_only_what_its_student_may_see(graded, signals):
    hidden = [line.strip() for check in signals.checks for line in check.hidden.splitlines()
              if line.strip() not in check.shown and len(line.strip()) > 12 and "=" in line and "differs" not in line
              and "section" not in line and "stuck" not in line]
    solutions = {line.strip() for task, text in signals.solutions.items() for line in text.splitlines()
                 if line.strip() not in signals.starts[task] and len(line.strip()) > 12}
    assert len(hidden) > 20 and len(solutions) > 5
    data = json.loads((graded[0] / "results.json").read_text())
    for one in data["submissions"]:
        page = (graded[0] / one["feedback"]).read_text()
        text = html.unescape(re.sub("<[^>]*>", "", page))
        assert not [line for line in hidden if line in text]
        if one["student"] in ("untouched", "wrong", "tagged", "broken"):
            assert not [line for line in solutions if line in text]
        assert "Traceback" not in text and "http" not in page.replace("http-equiv", "").replace(SVG, "")
        assert set(re.findall("<script.*?</script>", page, re.DOTALL)) <= {f"<script>{package_file('step.js')}</script>"}
        assert f"{one['total']} of 10 points" in text


def test_a_page_shows_where_it_went_wrong(graded):
    page = (graded[0] / "feedback" / "untouched.html").read_text()
    assert page.count('class="ipc-code"') == 5 and page.count("<svg ") == 5
    assert re.search(r'<li data-at="\d+"[^>]*>your program runs line \d+: if amount &lt; 0:[^<]*</li>'
                     r"<li[^>]*>SIGUSR1 comes in line", page)
    assert f"script-src {script_hash()}" in page
    assert "Read again: “Guard what is shared”." in page and "the balance came out as 120" in page
    assert re.search(r"It went wrong at \d+ of \d+ instants", page)


def test_names_are_escaped(graded):
    names = {path.name for path in (graded[0] / "feedback").iterdir()}
    assert "a_b_c_i.html" in names and "HYPERLINK_1.html" in names
    page = (graded[0] / "feedback" / "a_b_c_i.html").read_text()
    assert "&lt;i&gt;" in page and "<i>.ipynb" not in page


def test_the_summary_says_where_to_look(graded):
    out, done = graded
    assert "12 submissions" in done.stdout and "2 could not be read" in done.stdout and str(out / "grades.csv") in done.stdout
    assert "conftest ran" not in done.stdout + done.stderr
    assert {path.name for path in out.iterdir()} == {"grades.csv", "results.json", "feedback", "overview.html",
                                                     "journal.jsonl"}


@pytest.mark.parametrize("args, words", [
    (["signal", ".", "--out", "{out}"], "The labs in"),
    (["signals", "{tmp}/nowhere", "--out", "{out}"], "no such folder"),
    (["signals", "{tmp}", "--out", "{out}"], "holds no notebook"),
    (["signals", "{tmp}", "--out", "{tmp}/out"], "inside the submissions"),
    (["signals", "{full}", "--out", "/proc/out"], "Give another --out"),
])
def test_what_cannot_begin_says_what_to_do(tmp_path, handed_in, written, args, words):
    empty, full = tmp_path / "empty", tmp_path / "full"
    empty.mkdir()
    written(full / "a.ipynb", handed_in())
    done = _here("grade", *[arg.format(tmp=empty, full=full, out=tmp_path / "out") for arg in args])
    assert done.exit_code == 2 and words in done.stderr and "Traceback" not in done.stderr


def test_without_a_box_it_refuses_unless_told(tmp_path, handed_in, written, signals):
    written(tmp_path / "in" / "a.ipynb", handed_in(tray=signals.solutions["tray"]))
    refused = _ipclab("grade", "signals", tmp_path / "in", "--out", tmp_path / "out", PATH=str(tmp_path))
    assert refused.returncode == 2 and "apt-get install bubblewrap" in refused.stderr and "--unsafe" in refused.stderr
    assert not (tmp_path / "out" / "grades.csv").exists()
    done = _ipclab("grade", "signals", tmp_path / "in", "--out", tmp_path / "out", "--unsafe", PATH=str(tmp_path))
    assert done.returncode == 0 and "without a box" in done.stderr
    assert "Graded without a box" in (tmp_path / "out" / "feedback" / "a.html").read_text()
    assert _rows(tmp_path / "out")["a"]["total"] == "2" and "without a box" in _rows(tmp_path / "out")["a"]["note"]
    assert _ipclab("doctor", PATH=str(tmp_path)).returncode == 1


@needs_bubblewrap
def test_doctor_says_that_all_is_well():
    done = _ipclab("doctor")
    assert done.returncode == 0 and "bubblewrap works" in done.stdout


def test_labs_and_release(tmp_path, signals):
    assert "The till that is interrupted  (5 checks, 10 points)" in _ipclab("labs").stdout
    done = _here("release", "signals", "--out", tmp_path / "mine.ipynb")
    assert done.exit_code == 0
    assert (tmp_path / "mine.ipynb").read_text() == steps.as_text(steps.for_students(signals.master))
    assert _here("release", "signals", "--out", tmp_path / "no" / "mine.ipynb").exit_code == 2
    assert _here("labs", IPCLAB_LABS=str(tmp_path)).exit_code == 2


def test_sweep_has_nothing_to_do(tmp_path):
    done = _ipclab("sweep", IPCLAB_LEDGERS=str(tmp_path))
    assert done.returncode == 0 and "nothing was left behind" in done.stdout


# The grader's own failures are never the student's.

def _graded(lab, folder, out, **options):
    with Journal(out) as journal:
        return run.grade(lab, folder, journal, unsafe=True, **options)


def test_one_job_and_two_give_the_same(tmp_path, written, handed_in, signals):
    for name in "abc":
        written(tmp_path / "in" / f"{name}.ipynb", handed_in(tray=f"{signals.solutions['tray']}\n# {name}"))
    tables = [report.as_csv(_graded(signals, tmp_path / "in", tmp_path / f"journal{jobs}", jobs=jobs)) for jobs in (1, 2)]
    assert tables[0] == tables[1] and tables[0].count(f",2,{signals.points},") == 3


def test_should_pytest_be_lost_it_is_tried_again_and_then_said(tmp_path, signals, handed_in, written, monkeypatch):
    written(tmp_path / "in" / "a.ipynb", handed_in(**signals.solutions))
    monkeypatch.setattr(engine, "_command", lambda *args: [sys.executable, "-c", "raise SystemExit(3)"])
    graded = _graded(signals, tmp_path / "in", tmp_path / "journal")
    assert not graded.sound and graded.results[0].total == 0
    verdicts = [check.verdict for check in graded.results[0].checks]
    assert all(verdict.kind == "grader" and "not your fault" in verdict.sentence for verdict in verdicts)
    assert "not your fault" in report.as_csv(graded)
    assert not (tmp_path / "journal").read_text()           # so that the next try judges them again


def test_a_check_that_nbval_did_not_pass_earns_nothing():
    line = {"task": "till", "passed": False, "verdict": Verdict("till", "right", "").plain(), "trouble": ""}
    assert run._verdict(line).kind == "grader"
    assert run._verdict(line | {"verdict": None, "trouble": "the worker crashed"}).kind == "grader"
    assert run._verdict(line | {"passed": True}).right


def test_marks_and_notes_are_quoted(signals, box):
    one = Submission("@sum, \"x\"", "x", Path("x"), notes=("-1 cell", "two"))
    checks = [run.Checked(Verdict(check.task, "right", ""), check.points) for check in signals.graded]
    graded = run.Run(signals, box, [run.Result(one, checks)])
    row = list(csv.reader(io.StringIO(report.as_csv(graded))))[1]
    most = str(signals.points)
    assert row[0] == "'@sum, \"x\"" and row[-3:-1] == [most, most] and row[-1].startswith("'-1 cell two")


def test_a_submission_that_takes_the_grader_down_takes_no_other_with_it(tmp_path, signals, handed_in, written, monkeypatch):
    for name in "abc":
        written(tmp_path / "in" / f"{name}.ipynb", handed_in(tray=f"{signals.solutions['tray']}\n# {name}"))
    judged, ended = engine.Engine.judged, []

    def ends_at_b(self, notebook):
        if "\\n# b" in json.dumps(notebook):
            ended.append(len(notebook["cells"]))
            self.kill()
        return judged(self, notebook)

    monkeypatch.setattr(engine.Engine, "judged", ends_at_b)
    graded = _graded(signals, tmp_path / "in", tmp_path / "journal", jobs=2)
    assert [result.total for result in graded.results] == [2, 0, 2] and len(ended) == 2
