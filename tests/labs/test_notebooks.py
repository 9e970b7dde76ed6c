"""What all labs' notebooks have in common: alone, without the course's folder, each says what it needs."""

import json
import os
import subprocess
import sys

import pytest

from ipclab.grade import lab as labs
from ipclab.grade import starting

from .table import Table

ALONE = """
import sys
from IPython.core.interactiveshell import InteractiveShell
sys.modules["ipclab"] = None                 # not installed
InteractiveShell.instance().run_cell(sys.stdin.read())
"""


@pytest.mark.parametrize("name", labs.lab_names())
def test_a_notebook_without_the_course_s_package_says_the_one_command_it_needs(name, tmp_path):
    notebook = json.loads((labs.folder() / name / f"{name}.ipynb").read_text())
    texts = ["".join(cell["source"]) for cell in notebook["cells"]]
    first = next(text for text, cell in zip(texts, notebook["cells"], strict=True) if cell["cell_type"] == "code")
    ran = subprocess.run([sys.executable, "-I", "-c", ALONE], input=first, capture_output=True, text=True, cwd=tmp_path,
                         timeout=100, env={"HOME": str(tmp_path), "IPYTHONDIR": str(tmp_path)})
    said = ran.stdout + ran.stderr
    assert "\n\n    make lab" in said and "Traceback" not in said
    assert any("the one command `make lab`" in text for text in texts[:texts.index(first)])


@pytest.mark.parametrize("name", labs.lab_names())
def test_every_task_can_begin_again(name, tmp_path, monkeypatch):
    """From the notebook alone, in a folder of its own; what was written is kept, each time in a new file."""
    (tmp_path / "my copy.ipynb").write_text((labs.folder() / name / f"{name}.ipynb").read_text())
    (tmp_path / "another.ipynb").write_text("[]")
    starts = labs.load(name).starts
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPCLAB_LABS", str(tmp_path / "none"))
    assert {task: labs.stripped(starting.start(name, task)) for task in starts} == starts
    assert starting.start(name, "no such task") == "" == starting.start("no such lab", "till")
    assert [starting.keep("till", text) for text in ("a", "b")] == ["till-before-reset-1.py", "till-before-reset-2.py"]
    assert (tmp_path / "till-before-reset-2.py").read_text() == "b"


@pytest.mark.slow
@pytest.mark.parametrize("name", labs.lab_names())
def test_the_same_submission_gets_the_same_marks_100_times_under_load(name):
    """One wrong and one right solution, while two processes for each processor do nothing but compute."""
    table = Table(name)
    wrong = [path for path in table.wrong if path.read_text().startswith("# differs")][-1]
    right = next(path for path in table.right if path.stem.split("_")[0] == wrong.stem.split("_")[0])
    load = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2 * os.cpu_count())]
    try:
        first = [table.judged(path) for path in (wrong, right)]
        assert [verdict.right for verdict in first] == [False, True]
        for _ in range(99):
            assert [table.judged(path) for path in (wrong, right)] == first
    finally:
        for process in load:
            process.kill()
            process.wait()
