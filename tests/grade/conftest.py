"""Notebooks as students would hand them in, and a folder that is graded once for many tests."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from ipclab.grade import lab as labs
from ipclab.grade import steps
from ipclab.grade.box import best, offers

needs_bubblewrap = pytest.mark.skipif(
    bool(offers()["bubblewrap"]) and os.environ.get("CI") != "true",
    reason=f"needs bubblewrap: {offers()['bubblewrap']}")


FIVE = ["till", "receipt", "journal", "tickets", "tray"]


@pytest.fixture(scope="package", autouse=True)
def five_tasks(tmp_path_factory):
    """The lab on signals with five of its tasks: grading is tested here, not the lab."""
    text = (labs.folder() / "signals" / "master.md").read_text()
    head = text.partition("\n*A lab on")[0]
    cells = re.findall(r"^```\{code-cell\}.*?^```\n", text, re.DOTALL | re.MULTILINE)
    names = ["import begin", *(f"task: {task}" for task in ["bell", *FIVE])]
    kept = [cell for name in names for cell in cells if name in cell]
    folder = tmp_path_factory.mktemp("labs")
    (folder / "signals").mkdir()
    (folder / "signals" / "master.md").write_text("\n".join([head, *kept]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPCLAB_LABS", str(folder))
        yield


@pytest.fixture(scope="package")
def signals(five_tasks):
    return labs.load("signals")


@pytest.fixture(scope="session")
def box():
    return best()


@pytest.fixture(scope="package")
def handed_in(signals):
    """Makes a notebook: the student's own with the given solutions in place of the starts."""
    released = json.loads(steps.as_text(steps.for_students(signals.master)))

    def make(**solutions: str) -> dict:
        notebook = json.loads(json.dumps(released))
        for cell in notebook["cells"]:
            task = cell["metadata"]["lab"].get("task")
            if cell["metadata"]["lab"]["role"] == "task" and task in solutions:
                cell["source"] = f"%%task {task}\n{solutions[task].lstrip()}"
        return notebook

    return make


@pytest.fixture
def written():
    def write(path: Path, notebook: dict) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(notebook))
        return path
    return write


@pytest.fixture(scope="session")
def bubblewrap():
    return shutil.which("bwrap")
