"""The journal of a grading: a line of JSON for each finished check, on the disk before it counts as finished.

Whatever ends the grading, the same command goes on from there. A line is found again by its **key**, a digest of all
that a verdict depends on: the text of the solution, the lab's master, `ipclab` itself, the Python that runs it, and
whether there is a box. If any of these changes, the check is judged again. If none does, the verdict would be the same:
even hidden inputs are drawn from the solution's text. So two students with the same text share one line.
"""

from __future__ import annotations

import fcntl
import functools
import hashlib
import json
import os
import platform
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .. import errors
from .lab import Lab

__all__ = ["Busy", "Journal", "key", "made_with"]

PACKAGE = Path(__file__).parents[1]


class Busy(errors.AlreadyExists):
    """Another grading writes into the same folder."""


class Journal:
    """The entries of a file, by key. Use it in a with statement; only one process at a time may. `anew` empties it."""

    def __init__(self, path: Path, anew: bool = False):
        self._file = open(path, "a+b")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise Busy("grade", f"folder {str(path.parent)!r}",
                       hint="Another grading writes into it. Wait for it, or give another --out.") from None
        if anew:
            self._file.truncate(0)
        self.entries: dict[str, dict[str, Any]] = dict(self._read())

    def _read(self) -> Iterable[tuple[str, dict[str, Any]]]:
        self._file.seek(0)
        text = self._file.read()
        if text and not text.endswith(b"\n"):
            self._file.write(b"\n")          # a line that a sudden end cut off must not spoil the next
        for line in text.splitlines():
            try:
                entry = json.loads(line)
                yield entry["key"], entry
            except (ValueError, TypeError, KeyError):
                continue                     # judged again, that is all

    def add(self, entries: Iterable[dict[str, Any]]) -> None:
        """Keep finished checks: when this returns, they are on the disk."""
        entries = list(entries)
        self._file.write(b"".join(json.dumps(entry).encode() + b"\n" for entry in entries))
        self._file.flush()
        os.fsync(self._file.fileno())
        self.entries |= {entry["key"]: entry for entry in entries}

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def key(made: dict[str, Any], task: str, solution: str | None) -> str:
    """What a check's entry is found by; `made` is of `made_with`."""
    return _digest(json.dumps([made, task, solution], sort_keys=True).encode())


def made_with(lab: Lab, safe: bool) -> dict[str, Any]:
    """All that a verdict depends on beside the solution."""
    return {"lab": _digest(f"{lab.name} {lab.secret}".encode())[:16], "ipclab": ipclab_itself(),
            "python": platform.python_version(), "box": safe}


@functools.cache
def ipclab_itself() -> str:
    """A digest of this package's source: a version number would miss a change that nobody announced."""
    sources = sorted(PACKAGE.rglob("*.py"))
    return _digest(b"\0".join(_digest(path.read_bytes()).encode() for path in sources))[:16]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
