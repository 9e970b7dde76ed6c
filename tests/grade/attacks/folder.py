"""A folder of hostile files, as somebody might hand them in. Each belongs to a lab with the tasks `till` and `bell`."""

import json
import os
import socket
import zipfile
from pathlib import Path

TILL = "class Till:\n    def __init__(self, balance):\n        self.balance = balance\n"
BELL = "class Bell:\n    rings = 0\n    def ring(self):\n        self.rings += 1\n"


def notebook(till=TILL, bell=BELL, **metadata):
    cells = [{"cell_type": "code", "id": f"task-{task}", "source": f"%%task {task}\n{text}", "outputs": [],
              "execution_count": None, "metadata": {"lab": {"role": "task", "task": task}, **metadata}}
             for task, text in (("till", till), ("bell", bell))]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def laid_out(folder: Path, victim: Path) -> dict[str, tuple[int, str]]:
    """Makes the folder. Student → points, and words of the note. `victim` is a file elsewhere that no one may touch."""
    expected = {}

    def put(name: str, what, points: int, note: str = "", student: str = "") -> None:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if callable(what):
            what(path)
        else:
            path.write_text(what if isinstance(what, str) else json.dumps(what))
        expected[student or name.removesuffix(".ipynb").split("/")[0]] = points, note

    put("honest.ipynb", notebook(), 3)
    put("half.ipynb", notebook(till="import os\nos._exit(0)"), 1)
    # names
    put("a\nb\r\x1b[31m.ipynb", notebook(), 3, student="a\ufffdb\ufffd\ufffd[31m")
    put("..%2f..%2fgrades.ipynb", notebook(bell=""), 2)
    put("-rf --unsafe.ipynb", notebook(bell=""), 2, student="'-rf --unsafe")
    put("=cmd|'∕C calc'!A0.ipynb", notebook(bell=""), 2, student="'=cmd|'∕C calc'!A0")
    put("<script>alert(1)<∕script>.ipynb", notebook(bell=""), 2)
    # what pytest, nbval and Python would take for instructions
    put("conftest.py", "raise SystemExit('conftest ran')", 0)
    del expected["conftest.py"]
    put("sitecustomize.py", f"open({str(victim)!r}, 'w')", 0)
    del expected["sitecustomize.py"]
    put("with a conftest/lab.ipynb", notebook(bell=""), 2)
    (folder / "with a conftest" / "conftest.py").write_text("raise SystemExit('conftest ran')")
    put("tags.ipynb", notebook(till="x = 1", bell="x = 1", tags=["nbval-skip", "raises-exception"], points=1000,
                               nbgrader={"grade": True, "points": 1000, "grade_id": "till", "schema_version": 3}), 0)
    marks = notebook(till="# NBVAL_SKIP\nx = 1", bell="# NBVAL_RAISES_EXCEPTION\nprint('right at every instant')")
    marks["cells"].append({"cell_type": "code", "id": "check-till", "source": "%%check till\nclass Empty(Story): pass",
                           "metadata": {"lab": {"role": "check", "task": "till", "points": 1000}}, "outputs": []})
    put("checks of its own.ipynb", marks, 0)
    # no files, or none to be opened
    put("link.ipynb", lambda path: path.symlink_to(victim), 0, "not a plain file")
    put("link to a folder", lambda path: path.symlink_to(victim.parent), 0, "not a plain file")
    put("device.ipynb", lambda path: path.symlink_to("/dev/zero"), 0, "not a plain file")
    put("pipe.ipynb", os.mkfifo, 0, "not a plain file")
    put("socket.ipynb", _socket, 0, "not a plain file")
    put("a folder.ipynb/x.txt", "", 0, "no notebook: x.txt", student="a folder.ipynb")
    # too much
    put("200 MB.ipynb", _sparse, 0, "larger than 10 MB")
    put("a million cells.ipynb", '{"cells": [' + "{}," * 1_000_000 + "{}]}", 0, "far too many")
    put("deep.ipynb", "[" * 1_000_000, 0, "no notebook")
    put("bomb.zip", _bomb, 0, "larger than 10 MB", student="bomb")
    put("bomb in a bomb.zip", _bomb_in_a_bomb, 0, "no notebook", student="bomb in a bomb")
    put("upwards.zip", _upwards, 3, student="upwards")
    return expected


def _socket(path: Path) -> None:
    here = os.getcwd()
    os.chdir(path.parent)                    # an address may have 107 bytes
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(path.name)
    os.chdir(here)


def _sparse(path: Path) -> None:
    with open(path, "wb") as file:
        file.truncate(200_000_000)


def _bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file, file.open("a.ipynb", "w", force_zip64=True) as inside:
        for _ in range(20):
            inside.write(bytes(1_000_000))


def _bomb_in_a_bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for number in range(100):
            file.writestr(f"{number}.zip", bytes(100_000))


def _upwards(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("../../../../tmp/ipclab-was-here/lab.ipynb", json.dumps(notebook()))
        file.writestr("/etc/ipclab-was-here.ipynb", "{")
