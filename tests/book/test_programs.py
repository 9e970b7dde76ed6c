"""Every program of the book, run as a reader would run it: it ends well, and leaves nothing."""

import ast
import difflib
import os
import platform
from functools import cache

import pytest
from pages import PROGRAMS

from ipclab import processes

ALL = sorted(PROGRAMS.rglob("*.py"))
PAIRS = [p for p in ALL if p.stem.endswith("_broken")]
ARGUMENTS = {"rule3_lock": ("Lock",)}
EVERY = pytest.mark.parametrize("program", ALL, ids=lambda p: f"{p.parent.name}/{p.stem}")


@cache
def run(program):
    return processes.program(program.read_text(), args=ARGUMENTS.get(program.stem, ()), name=program.name, deadline=30)


def needs(program) -> str | None:
    """What this machine lacks to run it."""
    if program.stem == "user_stack" and platform.machine() != "x86_64":
        return "an x86-64 processor"
    return "root's rights" if program.stem == "permission" and os.geteuid() != 0 else None


@EVERY
def test_it_ends_well(program):
    if lack := needs(program):
        pytest.skip(f"this machine lacks {lack}")
    ran = run(program)
    assert ran.ok, (ran.status, ran.signal, ran.notes, ran.output)
    assert ran.output and not [line for line in ran.printed if line.stream == "stderr"]


@EVERY
def test_it_fits_a_screen_and_says_what_it_shows(program):
    text = program.read_text()
    assert len(text.splitlines()) <= 40 and max(map(len, text.splitlines())) <= 78
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("broken", PAIRS, ids=lambda p: p.stem)
def test_broken_and_fixed_behave_differently_and_differ_little(broken):
    fixed = broken.with_name(broken.name.replace("_broken", "_fixed"))
    assert run(broken).output != run(fixed).output
    old, new = (p.read_text().splitlines() for p in (broken, fixed))
    changed = [line for line in difflib.ndiff(old, new) if line[0] in "+-"]
    assert len(changed) <= 30
