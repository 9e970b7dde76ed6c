"""Submissions that attack: none gains a mark, reads what is hidden, touches another's, hangs the run or leaves anything.

The texts are in `attacks/`. What a solution may not say (`escapes`) is tried against the rules; the box must hold by
itself, so `reach` and `ends` run in it with the rules switched off; and a whole folder of hostile files is graded.
As root everything is tried once more as an ordinary user.
"""

import csv
import json
import os
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import sysv_ipc

from ipclab.grade import judge
from ipclab.grade.box import Box, offers
from ipclab.grade.judge import Limits, examine
from ipclab.grade.rules import refusal

from .attacks import ends, escapes, folder
from .attacks.ordinary import as_an_ordinary_user, environment

FOLDER = Path(__file__).parent / "attacks"
KINDS = [pytest.param(Box(kind, shutil.which(program) or ""), id=kind, marks=pytest.mark.skipif(
    bool(offers()[kind]) and os.environ.get("CI") != "true", reason=f"needs {kind}: {offers()[kind]}"))
    for kind, program in (("bubblewrap", "bwrap"), ("namespaces", "unshare"))]
EXPECTED = "what only the judge knows"
CHECK = f"""
class TwoBookings(Story):
    asks = ["Till"]

    def arrange(self):
        self.till = Till(100)
        signal.signal(signal.SIGUSR1, lambda *_: self.till.book(5))

    def main(self):
        self.till.book(20)

    def observe(self):
        return {{"the balance": self.till.balance}}

    def expected(self, signals):
        return {{"the balance": 120 + signals * 5}} if "{EXPECTED}" else {{}}
"""
RIGHT = """
class Till:
    def __init__(self, balance):
        self.booked = [balance]

    def book(self, amount):
        self.booked.append(amount)

    @property
    def balance(self):
        return sum(self.booked)
"""
SHORT = Limits(cpu=1, run=3, story=60)


# The rules

@pytest.mark.parametrize("source", escapes.REFUSED.values(), ids=escapes.REFUSED)
def test_the_rules_refuse_each_known_way_out(source):
    assert refusal(source)


def test_what_the_rules_let_pass_reaches_nothing(box):
    assert refusal(escapes.HARMLESS) is None
    assert examine("till", escapes.HARMLESS, CHECK, box).sentence.endswith("ValueError: reached: [].")


# The box

@pytest.mark.parametrize("box", KINDS)
def test_nothing_is_within_reach_in_the_box(box, tmp_path, monkeypatch):
    neighbour, marker, name = tmp_path / "neighbour.ipynb", tmp_path / "marker", f"ipclab-attacked-{os.getpid()}"
    neighbour.write_text("{}")
    marker.touch()
    monkeypatch.setenv("THE_JUDGES_SECRET", secret := f"secret-{os.getpid()}")
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as nameless:
        nameless.bind(f"\0{name}")
        nameless.listen()
        Path("/dev/shm", name).touch()
        semaphore = sysv_ipc.Semaphore(None, sysv_ipc.IPC_CREX)
        world = {"master": str(FOLDER / "labs" / "mini" / "master.md"), "neighbour": str(neighbour), "marker": str(marker),
                 "tests": str(FOLDER), "package": judge.__file__, "judge": os.getpid(), "secret": secret,
                 "key": semaphore.key, "name": name, "port": server.getsockname()[1], "limited": os.geteuid() == 0,
                 "python": {Path(prefix).parts[2] for prefix in (sys.prefix, sys.base_prefix) if len(Path(prefix).parts) > 2},
                 "shown": "[c]lass TwoBookings", "expected": f"[{EXPECTED[0]}]{EXPECTED[1:]}"}
        try:
            source = f"WORLD = {world!r}\n{(FOLDER / 'reach.py').read_text()}"
            verdict = examine("till", source, CHECK, box, trusting=True, limits=Limits(cpu=5))
        finally:
            semaphore.remove()
            Path("/dev/shm", name).unlink()
    assert verdict.sentence.endswith("tried, got [].") and verdict.kind == "failed", verdict.sentence
    assert neighbour.read_text() == "{}" and marker.exists()


@pytest.mark.parametrize("box", KINDS)
def test_labs_that_lie_beside_python_are_covered_up(box):
    folder = Path(sys.base_prefix, "include")
    look = [sys.executable, "-I", "-c", f"import os; print(os.listdir({str(folder)!r}))"]
    said = [subprocess.run(box.command(look, hidden), env=box.environment, capture_output=True, text=True, timeout=60).stdout
            for hidden in ((), (folder,))]
    assert said[0] != said[1] == "[]\n"


@pytest.mark.parametrize("name", ends.ENDS)
def test_what_ends_or_deceives_its_own_run_loses_that_check(name, box):
    limits = replace(SHORT, story=12) if name == "stop the watcher" else SHORT      # only that one takes them all
    verdict = examine("till", ends.ENDS[name], CHECK, box, trusting=True, limits=limits)
    assert not verdict.right and verdict.kind != "grader", verdict.sentence


@pytest.mark.parametrize("box", KINDS)
def test_nothing_that_was_started_or_made_outlives_its_check(box):
    """Besides this, the fixture of all tests looks for what is left."""
    marker = str(10 ** 8 + os.getpid())
    verdict = examine("till", f"MARKER = {marker!r}\n{ends.OUTLIVES}", CHECK, box, trusting=True, limits=SHORT)
    started = [process for process in psutil.process_iter(["cmdline"]) if marker in (process.info["cmdline"] or [])]
    assert psutil.wait_procs(started, timeout=30)[1] == []       # the kernel is ending them, one after the other
    assert "all done" in verdict.sentence


def test_a_check_has_one_deadline_however_many_stories_it_tells(box):
    given = []

    class Noting(judge.Worker):
        def account(self, request, seconds, account):
            given.append(seconds)
            return super().account(request, seconds, account)

    check = "".join(CHECK.replace("TwoBookings", f"Story{number}") for number in range(2))
    with Noting(box) as worker:
        for limits in (Limits(check=0, least=70), Limits(check=100, least=0)):
            assert examine("till", RIGHT, check, box, limits=limits, worker=worker).right
    assert given[:2] == [70, 70] and 100 > given[2] > given[3]


# A folder

def test_a_hostile_folder_is_graded_touches_nothing_else_and_learns_nothing(tmp_path):
    (victim := tmp_path / "victim.ipynb").write_text(json.dumps(folder.notebook()))
    (submissions := tmp_path / "in").mkdir()
    expected = folder.laid_out(submissions, victim)
    before = sorted(tmp_path.rglob("*"))
    command = [sys.executable, "-m", "ipclab.cli", "grade", "mini", str(submissions), "--out", str(tmp_path / "out"), "--jobs", "2"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=tmp_path,
                          env={**os.environ, "IPCLAB_LABS": str(FOLDER / "labs"), "COLUMNS": "500", "NO_COLOR": "1"})
    assert done.returncode == 0, done.stdout + done.stderr
    with open(tmp_path / "out" / "grades.csv", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert set(rows) == set(expected)
    for student, (points, note) in expected.items():
        assert float(rows[student]["total"]) == points and note in rows[student]["note"], rows[student]

    out = tmp_path / "out"
    assert "conftest ran" not in done.stdout + done.stderr
    assert sorted(path for path in tmp_path.rglob("*") if not path.is_relative_to(out)) == before
    assert json.loads((tmp_path / "victim.ipynb").read_text()) == folder.notebook()
    assert all(path.resolve().is_relative_to(out) for path in out.rglob("*"))
    pages = list((out / "feedback").glob("*.html"))
    assert len(pages) > 20
    for path in [*pages, out / "grades.csv", out / "results.json"]:
        text = path.read_text()
        assert [word for word in ("HiddenFromEverybody", "secret_of_the_instructor", "4711") if word in text] == []
        assert "<script>alert" not in text or path.suffix != ".html"


@pytest.mark.parametrize("box", KINDS)
def test_the_check_itself_can_be_passed(box):
    assert examine("till", RIGHT, CHECK, box).right and not examine("till", ends.WRONG, CHECK, box).right


@pytest.mark.skipif(os.geteuid() != 0, reason="all of this ran as an ordinary user")
def test_the_same_as_an_ordinary_user():
    worst = "reach or hostile or bomb or outlives or everything"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", __file__, "-k", worst]
    done = subprocess.run(as_an_ordinary_user(command), capture_output=True, text=True, timeout=500, env=environment(),
                          cwd=Path(__file__).parents[2])
    assert done.returncode == 0 and " passed" in done.stdout and "left out" not in done.stdout, done.stdout + done.stderr
