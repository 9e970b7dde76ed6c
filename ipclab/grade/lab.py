"""A lab as its master defines it: `labs/<name>/master.md`, a notebook written as MyST text.

Each code cell says in its metadata what it is for: `lab: {role: …, task: …}` with the role

    given      everybody's: shown and run as it is
    start      what the student gets to change
    solution   the instructor's, directly after the start
    check      shown; carries the task's `points` (0: practice, not graded)
    hidden     more stories for the same check, the instructor's alone

Text between `+++ {"lab": {"role": "instructor"}}` and the next cell is the instructor's, too.
"""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

# nbformat imports jsonschema, which would first build a grammar of web addresses: 2 s for what no notebook needs.
sys.modules.setdefault("rfc3987_syntax", None)

from nbformat import NotebookNode  # noqa: E402

from .. import errors  # noqa: E402

__all__ = ["ROLES", "Check", "Lab", "UnknownLab", "folder", "load", "lab_names", "role", "stripped"]

ROLES = {"text", "given", "start", "solution", "check", "hidden", "instructor"}


class UnknownLab(errors.NotFound):
    """There is no lab of that name."""


@dataclass(frozen=True, slots=True)
class Check:
    """One task's check: the points it is worth, and its stories, shown and hidden."""

    task: str
    points: int
    shown: str
    hidden: str

    @property
    def stories(self) -> str:
        return f"{self.shown}\n\n{self.hidden}" if self.hidden else self.shown


@dataclass(frozen=True)
class Lab:
    name: str
    title: str
    master: NotebookNode
    folder: Path

    def _sources(self, wanted: str) -> dict[str, str]:
        return {cell.metadata.lab.task: stripped(cell.source) for cell in self.master.cells if role(cell) == wanted}

    @cached_property
    def starts(self) -> dict[str, str]:
        """What a student gets to change, by task."""
        return self._sources("start")

    @cached_property
    def solutions(self) -> dict[str, str]:
        """The master's own solutions, by task; the start itself where a task is ready as it is."""
        return self.starts | self._sources("solution")

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """All checks in order, practice included."""
        hidden = self._sources("hidden")
        return tuple(Check(cell.metadata.lab.task, int(cell.metadata.lab.points), stripped(cell.source),
                           hidden.get(cell.metadata.lab.task, ""))
                     for cell in self.master.cells if role(cell) == "check")

    @property
    def graded(self) -> tuple[Check, ...]:
        """The checks that carry points."""
        return tuple(check for check in self.checks if check.points)

    @property
    def points(self) -> int:
        return sum(check.points for check in self.checks)

    @cached_property
    def secret(self) -> str:
        """Goes into the draw of hidden inputs: known only to those who have the master."""
        return hashlib.sha256("\0".join(cell.source for cell in self.master.cells).encode()).hexdigest()


def role(cell: NotebookNode) -> str:
    """What a cell of a master is for. Raises ValueError for a role that does not exist, so that nothing slips out."""
    found = cell.metadata.get("lab", {}).get("role", "text" if cell.cell_type == "markdown" else None)
    if found not in ROLES:
        raise ValueError(f"a {cell.cell_type} cell of the master has the role {found!r}: {cell.source[:60]!r}")
    return found


def stripped(source: str) -> str:
    """A task's or check's cell without its first line, `%%task name`; an empty line keeps the numbers as they were."""
    first, _, rest = source.partition("\n")
    return f"\n{rest}" if first.startswith(("%%task", "%%check")) else source


def folder() -> Path:
    """Where the labs are: $IPCLAB_LABS, else `labs` beside the package, else `labs` in the working directory."""
    if "IPCLAB_LABS" in os.environ:
        return Path(os.environ["IPCLAB_LABS"])
    beside = Path(__file__).parents[2] / "labs"
    return beside if beside.is_dir() else Path("labs")


def lab_names() -> list[str]:
    return sorted(path.parent.name for path in folder().glob("*/master.md"))


def load(name: str) -> Lab:
    """The lab `name`. Raises UnknownLab with the names there are."""
    if name not in lab_names():
        there = ", ".join(lab_names()) or "none"
        raise UnknownLab("load", f"lab {name!r}",
                         hint=f"The labs in {folder()}: {there}. Set IPCLAB_LABS to look elsewhere.")
    import jupytext                  # 1 s: the processes that grade do without it
    path = folder() / name / "master.md"
    master = jupytext.read(path, fmt="md:myst")
    return Lab(name, master.metadata.lab.title, master, path.parent)
