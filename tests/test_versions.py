"""Which Pythons `make versions` finds; and that the newest one here takes every module without a word."""

import os
import subprocess
import sys
from pathlib import Path

import versions

PACKAGE = Path(__file__).parents[1] / "ipclab"
COMPILE = """
import pathlib, sys, warnings
warnings.simplefilter("error")
for path in pathlib.Path(sys.argv[1]).rglob("*.py"):
    compile(path.read_text(encoding="utf-8"), str(path), "exec")
"""


def stand_in(path, answer):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{answer}'\n")
    path.chmod(0o755)


def test_each_cpython_from_3_11_on_is_found_once(tmp_path):
    for folder, name, answer in [
        ("path", "python3.9", '["cpython", 3, 9, 1, "/old"]'), ("path", "python3", '["cpython", 3, 11, 2, "/system"]'),
        ("path", "python3.11", '["cpython", 3, 11, 2, "/the same"]'), ("path", "python3-config", "usage"),
        ("path", "python3.12", '["pypy", 3, 12, 1, "/pypy"]'), ("pyenv", "python3.20", '["cpython", 3, 20, 0, "/new"]'),
        ("pyenv", "python3", '["cpython", 3, 20, 0, "/new"]'), ("pyenv", "python3.13", '["cpython", 3, 13, 10, "/x"]'),
    ]:
        stand_in(tmp_path / folder / name, answer)
    (tmp_path / "path" / "python3.15").write_text("not executable")
    found = versions.pythons([tmp_path / "path", tmp_path / "none", tmp_path / "pyenv"])
    assert list(found.items()) == [("3.11.2", "/system"), ("3.13.10", "/x"), ("3.20.0", "/new")]


def test_path_and_version_managers_are_searched(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    (tmp_path / "pyenv/versions/3.13.0/bin").mkdir(parents=True)
    assert [*versions.folders()][:2] == [tmp_path / "bin", tmp_path / "pyenv/versions/3.13.0/bin"]


def test_the_newest_python_here_compiles_every_module_without_a_warning():
    *_, newest = [sys.executable, *versions.pythons(versions.folders()).values()]
    done = subprocess.run([newest, "-I", "-c", COMPILE, PACKAGE], capture_output=True, text=True, cwd=os.sep)
    assert (done.returncode, done.stderr) == (0, "")
