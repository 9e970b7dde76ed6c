"""Every program of the book, run as a reader would run it: it ends well, and leaves nothing.

The book's build runs them, too, and fails if one does not end well. So those are run once more by `make stress` only, and
what they printed in the book is read here.
"""

import ast
import difflib
import json
import os
import platform
import sys
from functools import cache

import pytest
from pages import PAGES, PROGRAMS, RUNS, alone

from ipclab import processes

ALL = sorted(PROGRAMS.rglob("*.py"))
PAIRS = [p for p in ALL if p.stem.endswith("_broken")]
ARGUMENTS = {"signals/rule3_lock": ("Lock",)}
NEEDS_ROOT = {"signals/permission"}
NEEDS_X86_64 = {"signals/user_stack"}


def name_of(program) -> str:
    return f"{program.parent.name}/{program.stem}"


def fixed(broken):
    return broken.with_name(broken.name.replace("_broken", "_fixed"))


IN_THE_BOOK = {PROGRAMS / name for name in set().union(*map(alone, PAGES))}
EVERY = pytest.mark.parametrize("program", ALL, ids=name_of)
HERE = [pytest.param(p, marks=pytest.mark.slow if p in IN_THE_BOOK else [], id=name_of(p)) for p in ALL]


@cache
def run(program):
    arguments = ARGUMENTS.get(name_of(program), ())
    return processes.program(program.read_text(), args=arguments, name=program.name, deadline=30)


def lacks(program) -> str | None:
    """What this machine lacks to run it."""
    if name_of(program) in NEEDS_X86_64 and platform.machine() != "x86_64":
        return "an x86-64 processor"
    return "root's rights" if name_of(program) in NEEDS_ROOT and os.geteuid() != 0 else None


@pytest.fixture(scope="module")
def printed(book):
    """What each program printed in the book where it has a cell of its own."""
    texts = {}
    for page in (book.html.parent / "jupyter_execute").glob("*.ipynb"):
        for cell in json.loads(page.read_text())["cells"]:
            if len(names := RUNS.findall("".join(cell["source"]))) == 1:
                texts[PROGRAMS / names[0]] = "".join("".join(out.get("text", "")) for out in cell["outputs"])
    return texts


@pytest.mark.parametrize("program", sorted(IN_THE_BOOK), ids=name_of)
def test_it_showed_something_in_the_book(printed, program):
    assert printed[program] or lacks(program)


@pytest.mark.parametrize("broken", [p for p in PAIRS if {p, fixed(p)} <= IN_THE_BOOK], ids=name_of)
def test_broken_and_fixed_differ_in_the_book(printed, broken):
    assert printed[broken] != printed[fixed(broken)]


@pytest.mark.parametrize("program", [p for p in HERE if p.values[0].parent.name != "versions"])     # the build runs those
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


@pytest.mark.parametrize("broken", [
    pytest.param(p, marks=pytest.mark.slow if {p, fixed(p)} <= IN_THE_BOOK else [], id=name_of(p)) for p in PAIRS])
def test_broken_and_fixed_behave_differently(broken):
    assert run(broken).output != run(fixed(broken)).output


@pytest.mark.parametrize("broken", PAIRS, ids=name_of)
def test_broken_and_fixed_differ_little(broken):
    old, new = (p.read_text().splitlines() for p in (broken, fixed(broken)))
    changed = [line for line in difflib.ndiff(old, new) if line[0] in "+-"]
    assert len(changed) <= 30


@EVERY
def test_it_hides_no_module_of_the_standard_library(program):
    assert program.stem not in sys.stdlib_module_names
