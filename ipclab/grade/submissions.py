"""Submissions as they come. Only the text of the solution cells is taken, from one notebook of each student.

Whatever cannot be read is a submission all the same: with a plain sentence in place of its solutions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from .. import errors
from .handed_in import LARGEST, File, Student, Unreadable, handed_in, notebooks

__all__ = ["LARGEST", "MOST_CELLS", "NoSubmissions", "Submission", "collected"]

MOST_CELLS = 5_000
MOST_NOTEBOOKS = 20                  # of one student that are looked into, from the last one back


class NoSubmissions(errors.NotFound):
    """The folder is not there, or holds no notebook."""


@dataclass(frozen=True)
class Submission:
    """One student's: the solutions by task, or `problem`, why there are none."""

    student: str                     # for people: no control characters, not too long, unique in its run
    slug: str                        # for file names: unique in its run, plain ASCII
    path: Path
    solutions: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    notes: tuple[str, ...] = ()
    id: str = ""                     # the learning platform's number, as far as a file's name says it
    changed: float = 0.0             # when the notebook was last changed, in seconds since 1970; 0 if nobody says


def collected(place: Path, lab: str, tasks: list[str]) -> list[Submission]:
    """All submissions of a folder or a ZIP archive, by name. Raises NoSubmissions with the next step."""
    if not place.exists():
        raise NoSubmissions("grade", f"folder {str(place)!r}",
                            hint="There is no such folder. Give the folder that holds the students' notebooks.")
    students = handed_in(place) if place.is_dir() or place.suffix.lower() == ".zip" else []
    if not students:
        raise NoSubmissions("grade", f"folder {str(place)!r}",
                            hint="It holds no notebook. Expected are files NAME.ipynb, one folder per student with "
                            f"{lab}.ipynb in it, or what Canvas or Moodle gives to download.")
    slugs, names = set(), set()
    return [_submission(one, _another(_shown(one.name), names), _another(_slug(one.name), slugs), lab, tasks)
            for one in students]


def _submission(student: Student, shown: str, slug: str, lab: str, tasks: list[str]) -> Submission:
    there = list(notebooks(student.files))
    there.sort(key=lambda one: (one[0], _named_for(one[1], lab), *_natural("/".join(one[1].parts))))
    file, solutions, problem, notes = _last_that_counts([file for _, file in there[-MOST_NOTEBOOKS:]], lab, tasks)
    if not there:
        other = next((file.name for _, file in student.files), "")
        problem = f"What was handed in is no notebook: {_shown(other)}." if other else "The folder holds no notebook."
    if len(there) > 1:
        notes = [f"{len(there)} notebooks were handed in; “{_shown(file.name)}” counts.", *notes]
    return Submission(shown, slug, file.path if file else student.place, solutions, problem, tuple(notes), student.id,
                      file.changed if file else 0.0)


def _last_that_counts(files: list[File], lab: str, tasks: list[str]) -> tuple[File | None, dict, str, list[str]]:
    """The last notebook that can be read and has solutions; if there is none, the last with what is wrong with it."""
    found = None, {}, "", []
    for number, file in enumerate(reversed(files)):
        try:
            solutions, notes = _read(file, lab, tasks)
            if solutions:
                return file, solutions, "", notes
            problem = ""
        except Unreadable as unreadable:
            problem, notes = str(unreadable), []
        if number == 0:
            found = file, {}, problem, notes
    return found


# Names, for people and for files

def _named_for(file: File, lab: str) -> bool:
    return file.name.lower().startswith(f"{lab}.")


def _natural(name: str) -> list[tuple[int, str]]:
    """So that signals-10 comes after signals-9."""
    return [(int(part[:18]), "") if part.isascii() and part.isdigit() else (0, part)
            for part in re.split(r"(\d+)", name)]


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]+", "_", name).strip("_-")[:60] or "student"


def _shown(name: str) -> str:
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)
    return text if len(text) <= 100 else text[:100] + "…"


def _another(name: str, taken: set[str]) -> str:
    """`name`, with a number if it is taken, in capitals or small letters."""
    number, new = 1, name
    while new.lower() in taken:
        number += 1
        new = f"{name}-{number}"
    taken.add(new.lower())
    return new


# The notebook

def _read(file: File, lab: str, tasks: list[str]) -> tuple[dict[str, str], list[str]]:
    notebook = _notebook(file.read())
    cells = [cell for cell in notebook["cells"] if isinstance(cell, dict) and cell.get("cell_type") == "code"]
    versions = _versions(cells)
    solutions = {task: _counts(versions[task]) for task in tasks if task in versions}
    notes = [f"There are {len(versions[task])} cells for the task “{task}”; the last one counts."
             for task in solutions if len(versions[task]) > 1]
    return solutions, notes + _other_lab(notebook, lab, solutions)


def _notebook(data: bytes) -> dict:
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError):
        raise Unreadable("The file is no notebook: it is empty, cut off, or not in the notebook format. "
                         "Save the notebook again and hand in the new file.") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list) or len(cells) > MOST_CELLS:
        raise Unreadable("The file is no notebook of this lab: it has no cells, or far too many.")
    return notebook


def _other_lab(notebook: dict, lab: str, solutions: dict) -> list[str]:
    named = _inside(notebook, "metadata", "lab", "name")
    if solutions or not isinstance(named, str):
        return []
    return [f"This is a notebook of the lab “{_shown(named)}”, not of “{lab}”."] if named != lab else \
        ["None of this lab's tasks is in the notebook: it may be of an older version."]


def _versions(cells: Iterable[dict]) -> dict[str, list[str]]:
    """The texts for each task, in the notebook's order.

    A cell says by its first line what it is for, else by its id or metadata. When a cell is split, the part without the
    first line directly follows the other, and belongs to it.
    """
    versions: dict[str, list[str]] = {}
    growing = ""
    for cell in cells:
        source, marked = _source(cell), _marked(cell)
        begins, rest = _begins(source)
        if begins:
            versions.setdefault(begins, []).append(rest)
        elif marked and marked == growing:
            versions[marked][-1] += f"\n{source}"
        elif marked:
            versions.setdefault(marked, []).append(source)
        growing = begins or (marked if marked == growing else "")
    return versions


def _counts(texts: list[str]) -> str:
    return next((text for text in reversed(texts) if text.strip()), texts[-1])


def _begins(source: str) -> tuple[str, str]:
    """The task that the first line names, and the text with an empty line in its place: that keeps lines' numbers."""
    first, _, rest = source.lstrip("\n").partition("\n")
    words = first.split()
    above = len(source) - len(source.lstrip("\n"))
    return (words[1], "\n" * (above + 1) + rest) if len(words) == 2 and words[0] == "%%task" else ("", source)


def _marked(cell: dict) -> str:
    """The task in a cell's metadata, else in its id."""
    task = _inside(cell, "metadata", "lab", "task")
    if isinstance(task, str) and _inside(cell, "metadata", "lab", "role") == "task":
        return task
    id = cell.get("id")
    return id.removeprefix("task-") if isinstance(id, str) and id.startswith("task-") else ""


def _inside(data: object, *keys: str) -> object:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _source(cell: dict) -> str:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return source.encode(errors="replace").decode() if isinstance(source, str) else ""
