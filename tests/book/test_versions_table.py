"""The table of facts by CPython: what is in it was measured, by the programs that the page shows."""

import ast
import json
import sys

import facts_by_python
import pytest
from building import ROOT

ROWS = json.loads(facts_by_python.TABLE.read_text())
PROGRAMS = sorted(facts_by_python.PROGRAMS.glob("*.py"))


def test_every_program_has_a_result_on_every_python():
    assert len(ROWS) >= 4 and len(PROGRAMS) >= 20
    assert all([*row["found"]] == [program.stem for program in PROGRAMS] and all(row["found"].values()) for row in ROWS)


def test_it_tells_nothing_of_the_machine_but_its_kernel():
    assert not [word for word in (str(ROOT), "/home", "/root", "/usr", "/tmp") if word in facts_by_python.TABLE.read_text()]
    assert all({*row} == {"python", "kernel", "found"} for row in ROWS)


def test_a_row_is_what_the_programs_say():
    chosen = [facts_by_python.PROGRAMS / f"{name}.py" for name in ("nesting", "inherited")]
    row = facts_by_python.row("3.x", sys.executable, chosen)
    assert row["found"] == {"nesting": "yes: 5 deep", "inherited": "pipe: no, dup: no, dup2: yes"}


def test_a_program_that_fails_makes_no_row(tmp_path):
    (tmp_path / "wrong.py").write_text("import no_such_module\n")
    with pytest.raises(SystemExit, match=r"(?s)wrong\.py failed on .* No module named 'no_such_module'"):
        facts_by_python.row("3.x", sys.executable, [tmp_path / "wrong.py"])


def test_the_programs_need_the_standard_library_only():
    nodes = [node for program in PROGRAMS for node in ast.walk(ast.parse(program.read_text()))]
    modules = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names} | {
        node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {module.partition(".")[0] for module in modules} <= sys.stdlib_module_names
