"""A thousand submissions: what was finished is not done again, nothing is done twice, and what changed is said."""

import csv
import io
import json
import os
import re
import select
import signal
import subprocess
import sys
import xml.etree.ElementTree
from datetime import datetime, timedelta
from pathlib import Path

import psutil
import pytest

from ipclab import errors
from ipclab.grade import lab as labs
from ipclab.grade import overview, report, run, steps
from ipclab.grade.journal import Busy, Journal, key, made_with
from ipclab.grade.late import Due, moment, times_of
from ipclab.grade.submissions import Submission

LABS = Path(__file__).parents[2] / "book" / "programs" / "instructors"
COMMAND = [sys.executable, "-m", "ipclab.cli", "grade", "doorbell"]
MARK = "IPCLAB_TEST_GRADING"


def environment(**more):
    return {**os.environ, "COLUMNS": "500", "NO_COLOR": "1", "IPCLAB_LABS": str(LABS), **more}


def grade(folder, out, *more, **environ):
    return subprocess.run([*COMMAND, folder, "--out", out, *more], capture_output=True, text=True, timeout=300,
                          env=environment(**environ))


def rows(path):
    return list(csv.DictReader(io.StringIO(path.read_text(), newline="")))


def entries(out):
    return [json.loads(line) for line in (out / "journal.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def lab():
    before, os.environ["IPCLAB_LABS"] = os.environ.get("IPCLAB_LABS"), str(LABS)
    yield labs.load("doorbell")
    os.environ.pop("IPCLAB_LABS") if before is None else os.environ.update(IPCLAB_LABS=before)


@pytest.fixture(scope="module")
def hand_in(lab):
    """Writes a notebook: the student's own with the given solutions in place of the starts."""
    released = steps.as_text(steps.for_students(lab.master))

    def write(folder, name, **solutions):
        notebook = json.loads(released)
        for cell in notebook["cells"]:
            task = cell["metadata"]["lab"].get("task")
            if cell["metadata"]["lab"]["role"] == "task" and task in solutions:
                cell["source"] = f"%%task {task}{solutions[task]}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.ipynb").write_text(json.dumps(notebook))
        return folder / f"{name}.ipynb"

    return write


def until(holds, process):
    """Look again and again, while that process runs."""
    while not holds():
        assert process.poll() is None
        select.select([], [], [], 0.01)                    # leaves the processor to those who are watched


def of_this_run(mark):
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark:
                found.append(process)
        except psutil.Error:
            continue
    return found


def ended(folder, number, lab, hand_in):
    """A grading of eight checks, ended by that signal when three were finished; what it said, and what is in its journal."""
    for n in range(4):
        hand_in(folder / "in", f"s{n}", **{task: f"{text}\n# {n}" for task, text in lab.solutions.items()})
    grading = subprocess.Popen([*COMMAND, folder / "in", "--out", folder / "out", "--jobs", "1"],
                               env=environment(**{MARK: folder.name}), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    journal = folder / "out" / "journal.jsonl"
    family: list[psutil.Process] = []                      # the engine, and the box of the check that it judges

    def half_way():
        family[:] = psutil.Process(grading.pid).children(recursive=True)
        return len(family) >= 3 and journal.exists() and journal.read_text().count("\n") >= 3

    until(half_way, grading)
    grading.send_signal(number)
    _, said = grading.communicate()
    _, alive = psutil.wait_procs([*family, *of_this_run(folder.name)], timeout=10)
    assert alive == [] == of_this_run(folder.name)
    assert 3 <= len(entries(folder / "out")) < 8 and not (folder / "out" / "grades.csv").exists()
    return grading.returncode, said.decode(), entries(folder / "out")


def test_killed_it_goes_on_and_does_nothing_again(tmp_path, lab, hand_in):
    status, _, finished = ended(tmp_path, signal.SIGKILL, lab, hand_in)
    assert status == -signal.SIGKILL
    journal = tmp_path / "out" / "journal.jsonl"
    with open(journal, "a") as file:
        file.write('{"key": "cut o')                       # as a sudden end of the machine may leave it
    done = grade(tmp_path / "in", tmp_path / "out", "--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert {row["total"] for row in rows(tmp_path / "out" / "grades.csv")} == {"3"}
    lines = journal.read_text().splitlines()
    assert [json.loads(line) for line in lines[: len(finished)]] == finished
    assert len({json.loads(line)["key"] for line in lines if not line.endswith("cut o")}) == 8 == len(lines) - 1


def test_interrupted_it_says_how_to_go_on(tmp_path, lab, hand_in):
    status, said, _ = ended(tmp_path, signal.SIGINT, lab, hand_in)
    assert status == 130 and "the same command goes on from there" in said and "Traceback" not in said


def here(lab, folder, out, **options):
    """Grade in this process, which is cheaper than a command; without the instructor's page."""
    out.mkdir(exist_ok=True)
    with Journal(out / "journal.jsonl") as journal:
        graded = run.grade(lab, folder, journal, unsafe=True, **options)
    changed = report.write(graded, out)
    return graded, changed


@pytest.fixture
def without_overview(monkeypatch):
    monkeypatch.setattr(overview, "page", lambda run: "")


def test_the_same_text_is_judged_once(tmp_path, lab, hand_in, without_overview):
    for n in range(5):
        hand_in(tmp_path / "in", f"s{n}", bell=lab.solutions["bell"])
    graded, _ = here(lab, tmp_path / "in", tmp_path / "out")
    assert len(entries(tmp_path / "out")) == 2 and [result.total for result in graded.results] == [1] * 5


def test_a_key_depends_on_all_that_a_verdict_depends_on(lab):
    made = made_with(lab, True)
    keys = {key(made, "bell", "x"), key(made, "bell", "y"), key(made, "soup", "x"), key(made, "bell", None),
            *(key(made | {part: "another"}, "bell", "x") for part in made)}
    assert len(keys) == 8 and set(made) == {"lab", "ipclab", "python", "box"}


def test_two_gradings_at_a_time_into_one_folder_are_one_too_many(tmp_path, lab, hand_in):
    with Journal(tmp_path / "journal.jsonl"), pytest.raises(Busy, match="Another grading writes into it"):
        Journal(tmp_path / "journal.jsonl")


# Graded again: who changed, and why.

def test_a_regrade_lists_who_changed_and_why(tmp_path, lab, hand_in, monkeypatch, without_overview):
    inside, out = tmp_path / "in", tmp_path / "out"
    right, wrong = lab.solutions, {"soup": "\ndef cook(guests):\n    return 3\n"}
    for name, solutions in {"keeps": right, "mends": {}, "gone": right, "loses": wrong | {"bell": right["bell"]}}.items():
        hand_in(inside, name, **solutions)
    changed = tmp_path / "labs" / "doorbell" / "master.md"
    changed.parent.mkdir(parents=True)
    text = (LABS / "doorbell" / "master.md").read_text()
    lenient = text[: text.index("class ForManyGuests")] + "class ForManyGuests(RingingWhileCooking):\n    pass\n```\n"
    changed.write_text(lenient)
    monkeypatch.setenv("IPCLAB_LABS", str(changed.parents[1]))
    here(labs.load("doorbell"), inside, out)
    assert not (out / "changes.csv").exists()
    assert {row["student"]: row["total"] for row in rows(out / "grades.csv")} == {"gone": "3", "keeps": "3", "loses": "3", "mends": "0"}

    hand_in(inside, "mends", bell=right["bell"])
    (inside / "gone.ipynb").rename(inside / "new.ipynb")
    changed.write_text(text)
    _, number = here(labs.load("doorbell"), inside, out)
    assert number == 6 and {page.stem for page in (out / "feedback").iterdir()} == {"keeps", "mends", "loses", "new"}
    found = {(row["student"], row["what"]): row for row in rows(out / "changes.csv")}
    assert {what: (row["before"], row["after"]) for what, row in found.items()} == {
        ("loses", "soup"): ("2", "0"), ("loses", "total"): ("3", "1"), ("mends", "bell"): ("0", "1"),
        ("mends", "total"): ("0", "1"), ("new", "total"): ("", "3"), ("gone", "total"): ("3", "")}
    assert found["loses", "soup"]["why"].startswith("the lab was changed; before: Right.")
    assert "the pinches came out as 3" in found["loses", "soup"]["why"]
    assert found["mends", "bell"]["why"].startswith("another solution was handed in; before: This task is as it was")


# Late.

def test_each_day_begun_costs_and_a_table_may_say_when(tmp_path, lab, hand_in, without_overview):
    due = datetime(2026, 11, 20, 23, 59).astimezone()
    for name, late in {"in time": timedelta(0), "late": timedelta(minutes=1), "later": timedelta(days=1, seconds=1),
                       "excused": timedelta(days=3), "far too late": timedelta(days=30)}.items():
        when = (due + late).timestamp()
        os.utime(hand_in(tmp_path / "in", name, bell=lab.solutions["bell"]), (when, when))
    times = _table(tmp_path, "student,time\nexcused,2026-11-20T12:00\nin time,\n")
    here(lab, tmp_path / "in", tmp_path / "out", due=Due(moment("2026-11-20T23:59"), 0.25, times_of(times)))
    got = {row["student"]: (row["days late"], row["total"]) for row in rows(tmp_path / "out" / "grades.csv")}
    assert got == {"in time": ("0", "1"), "late": ("1", "0.75"), "later": ("2", "0.5"), "excused": ("0", "1"),
                   "far too late": ("30", "0")}
    page = (tmp_path / "out" / "feedback" / "later.html").read_text()
    assert "2 days late: 50% of the points are taken off" in page and "0.5 of 3 points" in page
    assert "late" not in (tmp_path / "out" / "feedback" / "excused.html").read_text().split("<body>")[1]


def test_times_that_cannot_be_read_say_how_to_write_them(tmp_path, hand_in):
    hand_in(tmp_path / "in", "a")
    done = grade(tmp_path / "in", tmp_path / "out", "--due", "tomorrow")
    assert done.returncode == 2 and "Write it as 2026-11-20T23:59" in done.stderr and "Traceback" not in done.stderr
    with pytest.raises(errors.Misuse, match="Its first line must be: student,time"):
        times_of(_table(tmp_path, "name,when\n"))
    with pytest.raises(errors.Misuse, match="Write it as"):
        times_of(_table(tmp_path, "student,time\na,soon\n"))


def test_a_submission_of_which_nobody_says_when_is_not_late(tmp_path):
    due = Due(moment("2026-11-20T23:59+00:00"), 0.5)
    assert due.of(Submission("a", "a", tmp_path / "a.ipynb", problem="none")) is None


def _table(folder, text):
    (folder / "table.csv").write_text(text)
    return folder / "table.csv"


# The instructor's page.

def test_the_overview_shows_marks_failures_and_times(tmp_path, lab, hand_in):
    hand_in(tmp_path / "in", "<b>right", **lab.solutions)
    hand_in(tmp_path / "in", "half", bell=lab.solutions["bell"])
    (tmp_path / "in" / "broken.ipynb").write_text("{")
    assert grade(tmp_path / "in", tmp_path / "out").returncode == 0
    page = (tmp_path / "out" / "overview.html").read_text()
    labels = re.findall(r'<svg role="img" aria-label="([^"]*)"', page)
    assert labels[0] == "How many submissions got how many points. 0 points: 1, 1 points: 1, 3 points: 1"
    assert labels[1] == "How many failed each check. soup: 1, bell: 0"
    assert re.fullmatch(r"How long each check took. bell: median \d+\.\d s, longest \d+\.\d s, soup: .*", labels[2])
    for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        xml.etree.ElementTree.fromstring(svg)
        assert "currentColor" in svg and "var(--bar)" in svg
    ids = re.findall(r'\bid="([^"]*)"', page)
    assert len(ids) == len(set(ids)) and set(re.findall(r'href="#([^"]*)"', page)) <= set(ids)
    assert "3 submissions: mean 1.3, median 1 of 3 points" in page and "&lt;b&gt;right" in page and "<b>" not in page
    assert 'href="feedback/half.html"' in page and "untouched (1)" in page and "no notebook" in page
    assert not re.search(r'(src|href)="(?!feedback/|#)', page) and "<script" not in page
