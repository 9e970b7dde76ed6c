"""Beginning a task again: its cell as it was handed out, and a file for what the student had written."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

from .lab import folder

__all__ = ["keep", "start"]


def start(lab: str, task: str) -> str:
    """The task's cell, first line included: from the notebook in the working directory, else from the labs that are
    here. "" if neither has it."""
    for path in [*sorted(Path.cwd().glob("*.ipynb")), folder() / lab / f"{lab}.ipynb"]:
        try:
            notebook = json.loads(path.read_text())
            if notebook["metadata"]["lab"]["name"] == lab:
                return next(about["start"] for about in map(_about, notebook["cells"])
                            if about.get("task") == task and isinstance(about.get("start"), str))
        except (OSError, ValueError, LookupError, TypeError, AttributeError, StopIteration):
            continue                 # some other notebook
    return ""


def _about(cell: dict[str, Any]) -> dict[str, Any]:
    return cell.get("metadata", {}).get("lab", {})


def keep(task: str, text: str) -> str:
    """Write `text` into a new file in the working directory; its name."""
    for number in count(1):
        try:
            with open(f"{task}-before-reset-{number}.py", "x", encoding="utf-8") as file:
                file.write(text)
            return file.name
        except FileExistsError:
            continue
    raise AssertionError
