"""Every program of the book, run as a reader would run it: it ends well, and leaves nothing."""

import ast
import difflib
import os
import platform
import sys
from functools import cache

import pytest
from pages import PROGRAMS

from ipclab import processes

ALL = sorted(PROGRAMS.rglob("*.py"))
PAIRS = [p for p in ALL if p.stem.endswith("_broken")]
ARGUMENTS = {"signals/rule3_lock": ("Lock",)}
NEEDS_ROOT = {"signals/permission"}
NEEDS_X86_64 = {"signals/user_stack"}


def name_of(program) -> str:
    return f"{program.parent.name}/{program.stem}"


EVERY = pytest.mark.parametrize("program", ALL, ids=name_of)


@cache
def run(program):
    arguments = ARGUMENTS.get(name_of(program), ())
    return processes.program(program.read_text(), args=arguments, name=program.name, deadline=30)


def lacks(program) -> str | None:
    """What this machine lacks to run it."""
    if name_of(program) in NEEDS_X86_64 and platform.machine() != "x86_64":
        return "an x86-64 processor"
    return "root's rights" if name_of(program) in NEEDS_ROOT and os.geteuid() != 0 else None


@pytest.mark.parametrize("program", [p for p in ALL if p.parent.name != "versions"], ids=name_of)     # the build runs those
def test_it_ends_well(program):
    if lack := lacks(program):
        pytest.skip(f"this machine lacks {lack}")
    ran = run(program)
    assert ran.ok, (ran.status, ran.signal, ran.notes, ran.output)
    assert ran.output and not [line for line in ran.printed if line.stream == "stderr"]


@EVERY
def test_it_fits_a_screen_and_says_what_it_shows(program):
    text = program.read_text()
    assert len(text.splitlines()) <= 40 and max(map(len, text.splitlines())) <= 78
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("broken", PAIRS, ids=name_of)
def test_broken_and_fixed_behave_differently_and_differ_little(broken):
    fixed = broken.with_name(broken.name.replace("_broken", "_fixed"))
    assert run(broken).output != run(fixed).output
    old, new = (p.read_text().splitlines() for p in (broken, fixed))
    changed = [line for line in difflib.ndiff(old, new) if line[0] in "+-"]
    assert len(changed) <= 30


@EVERY
def test_it_hides_no_module_of_the_standard_library(program):
    assert program.stem not in sys.stdlib_module_names
