"""From a master to a student's notebook: an ordered list of small steps, each a pure function of a notebook.

What students get is listed, not what they do not get: a cell whose role is not in `FOR_STUDENTS` goes nowhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from .lab import role  # isort: skip  (before nbformat; see there)

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

__all__ = ["FOR_STUDENTS", "STEPS", "as_text", "for_students"]

FOR_STUDENTS = {"text", "given", "start", "check"}
KERNEL = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
          "language_info": {"name": "python"}}


def without_what_is_the_instructors(notebook: NotebookNode) -> NotebookNode:
    return _with_cells(notebook, [cell for cell in notebook.cells if role(cell) in FOR_STUDENTS])


def with_roles_for_students(notebook: NotebookNode) -> NotebookNode:
    """A start becomes the student's task, with a copy for `%%reset`; nothing else of the master's metadata is kept."""
    return _each_cell(notebook, lambda cell, _: cell | {"metadata": _metadata(cell)})


def _metadata(cell: NotebookNode) -> dict:
    what = role(cell)
    if what == "start":
        return {"lab": {"role": "task", "task": cell.metadata.lab.task, "start": cell.source}, "deletable": False}
    if what == "check":
        kept = {name: cell.metadata.lab[name] for name in ("task", "points")}
        return {"lab": {"role": "check", **kept}, "deletable": False}
    return {"lab": {"role": what}}


def with_what_nbgrader_reads(notebook: NotebookNode) -> NotebookNode:
    """Tasks and checks say in nbgrader's words (version 3 of its schema) what they are, too."""
    return _each_cell(notebook, lambda cell, _: cell | {"metadata": {**cell.metadata, **_for_nbgrader(cell)}})


def _for_nbgrader(cell: NotebookNode) -> dict:
    what = cell.metadata.lab
    if "task" not in what:
        return {}
    graded = {"points": what.points} if what.get("points") else {}
    return {"nbgrader": {"schema_version": 3, "grade_id": f"{what.role}-{what.task}", "cell_type": cell.cell_type,
                         "grade": bool(graded), "solution": what.role == "task", "locked": what.role == "check",
                         "task": False, **graded}}


def without_outputs(notebook: NotebookNode) -> NotebookNode:
    empty = {"outputs": [], "execution_count": None}
    return _each_cell(notebook, lambda cell, _: cell | (empty if cell.cell_type == "code" else {}))


def with_stable_ids(notebook: NotebookNode) -> NotebookNode:
    """A task's cell is known by its name, any other by its content, so that one edit changes one id."""
    seen: dict[str, int] = {}

    def with_id(cell: NotebookNode, _: int) -> NotebookNode:
        lab = cell.metadata.lab
        wanted = f"{lab.role}-{lab.task}" if "task" in lab else \
            f"{lab.role}-{hashlib.sha256(cell.source.encode()).hexdigest()[:8]}"
        seen[wanted] = seen.get(wanted, 0) + 1
        return cell | {"id": wanted if seen[wanted] == 1 else f"{wanted}-{seen[wanted]}"}

    return _each_cell(notebook, with_id)


def with_a_kernel_of_any_machine(notebook: NotebookNode) -> NotebookNode:
    name = notebook.metadata.lab.name
    return new_notebook(cells=notebook.cells, metadata={**KERNEL, "lab": {"name": name}})


STEPS: tuple[Callable[[NotebookNode], NotebookNode], ...] = (
    without_what_is_the_instructors,
    with_roles_for_students,
    with_what_nbgrader_reads,
    without_outputs,
    with_stable_ids,
    with_a_kernel_of_any_machine,
)


def for_students(master: NotebookNode) -> NotebookNode:
    """The notebook that students get."""
    notebook = master
    for step in STEPS:
        notebook = step(notebook)
    nbformat.validate(notebook)
    return notebook


def as_text(notebook: NotebookNode) -> str:
    """The notebook as its file's text: the same notebook, the same bytes."""
    return nbformat.writes(notebook) + "\n"


def _with_cells(notebook: NotebookNode, cells: list[NotebookNode]) -> NotebookNode:
    return nbformat.from_dict({**notebook, "cells": cells})


def _each_cell(notebook: NotebookNode, change: Callable[[NotebookNode, int], dict]) -> NotebookNode:
    return _with_cells(notebook, [change(cell, index) for index, cell in enumerate(notebook.cells)])
