"""Submissions as they come: a folder of notebooks, or of one folder per student. Read as bytes, and never followed.

Only the text of the solution cells is taken. A file that cannot be read this way is a submission all the same: with a
plain sentence in place of its solutions.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .. import errors
from .lab import stripped

__all__ = ["LARGEST", "MOST_CELLS", "NoSubmissions", "Submission", "collected"]

LARGEST = 10_000_000                 # bytes of a notebook
MOST_CELLS = 5_000


class NoSubmissions(errors.NotFound):
    """The folder is not there, or holds no notebook."""


class _Unreadable(Exception):
    """A sentence for the student."""


@dataclass(frozen=True)
class Submission:
    """One student's: the solutions by task, or `problem`, why there are none."""

    student: str                     # for people: no control characters, not too long
    slug: str                        # for file names: unique in its run, plain ASCII
    path: Path
    solutions: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    notes: tuple[str, ...] = ()


def collected(folder: Path, lab: str, tasks: list[str]) -> list[Submission]:
    """All submissions of `folder`, by name. Raises NoSubmissions with the next step."""
    if not folder.is_dir():
        raise NoSubmissions("grade", f"folder {str(folder)!r}",
                            hint="There is no such folder. Give the folder that holds the students' notebooks.")
    found = list(_candidates(folder, lab))
    if not found:
        raise NoSubmissions("grade", f"folder {str(folder)!r}",
                            hint="It holds no notebook. Expected are files NAME.ipynb, "
                            f"or one folder per student with {lab}.ipynb in it.")
    taken: set[str] = set()
    return [_read(path, name, _slug(name, taken), tasks) for name, path in found]


def _candidates(folder: Path, lab: str) -> Iterator[tuple[str, Path]]:
    """Every student's name and the file to read."""
    for entry in sorted(folder.iterdir(), key=lambda path: os.fsencode(path.name)):
        if entry.name.startswith("._") or entry.name == ".ipynb_checkpoints":
            continue                 # left by other programs, not handed in by anybody
        if entry.name.endswith(".ipynb") and (entry.is_symlink() or not entry.is_dir()):
            yield entry.name.removesuffix(".ipynb"), entry
        elif entry.is_dir() and not entry.is_symlink() and not entry.name.startswith("."):
            inside = sorted(path for path in entry.glob("*.ipynb") if not path.name.startswith("."))
            preferred = [path for path in inside if path.stem == lab] or inside
            yield entry.name, preferred[0] if preferred else entry / f"{lab}.ipynb"
        elif entry.is_symlink() and entry.is_dir():
            yield entry.name, entry  # to be told that it is not followed


def _slug(name: str, taken: set[str]) -> str:
    base = re.sub(r"[^A-Za-z0-9-]+", "_", name).strip("_-")[:60] or "student"
    number, slug = 1, base
    while slug.lower() in taken:
        number += 1
        slug = f"{base}-{number}"
    taken.add(slug.lower())
    return slug


def _shown(name: str) -> str:
    text = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)
    return text if len(text) <= 100 else text[:100] + "…"


def _read(path: Path, name: str, slug: str, tasks: list[str]) -> Submission:
    try:
        cells = _cells(_bytes(path))
        solutions, notes = _solutions(cells, tasks)
        return Submission(_shown(name), slug, path, solutions, notes=tuple(notes))
    except _Unreadable as problem:
        return Submission(_shown(name), slug, path, problem=str(problem))


def _bytes(path: Path) -> bytes:
    """The file's bytes, if it is a plain file of a sane size; links, pipes and devices are not opened."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise _Unreadable("The folder holds no notebook.") from None
    except OSError:
        raise _Unreadable("What was handed in is not a plain file, or cannot be read.") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise _Unreadable("What was handed in is not a plain file.")
        if status.st_size > LARGEST:
            raise _Unreadable(f"The notebook is larger than {LARGEST // 1_000_000} MB. "
                              "Clear its outputs and hand it in again.")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(LARGEST)
    finally:
        os.close(descriptor)


def _cells(data: bytes) -> list[dict]:
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError):
        raise _Unreadable("The file is no notebook: it is empty, cut off, or not in the notebook format. "
                          "Save the notebook again and hand in the new file.") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list) or len(cells) > MOST_CELLS:
        raise _Unreadable("The file is no notebook of this lab: it has no cells, or far too many.")
    return [cell for cell in cells if isinstance(cell, dict) and cell.get("cell_type") == "code"]


def _solutions(cells: list[dict], tasks: list[str]) -> tuple[dict[str, str], list[str]]:
    """Each task's text: from the cell with its id, else its metadata, else its first line; of several the last."""
    solutions, notes = {}, []
    for task in tasks:
        ways = [lambda cell, id: cell.get("id") == f"task-{id}", _has_metadata, _has_first_line]
        claims = next((found for way in ways if (found := [cell for cell in cells if way(cell, task)])), [])
        texts = [_source(cell) for cell in claims]
        if texts:
            solutions[task] = stripped(texts[-1])
        if len(texts) > 1:
            notes.append(f"There are {len(texts)} cells for the task “{task}”; the last one counts.")
    return solutions, notes


def _has_metadata(cell: dict, task: str) -> bool:
    metadata = cell.get("metadata")
    lab = metadata.get("lab") if isinstance(metadata, dict) else None
    return isinstance(lab, dict) and lab.get("role") == "task" and lab.get("task") == task


def _has_first_line(cell: dict, task: str) -> bool:
    return _source(cell).partition("\n")[0].split() == ["%%task", task]


def _source(cell: dict) -> str:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    return source.encode(errors="replace").decode() if isinstance(source, str) else ""
