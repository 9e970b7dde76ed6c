"""Find and remove what sessions left that were killed before they could clean up."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from ..mechanisms import ledger, leftovers
from ..mechanisms.ledger import Entry
from . import _tree

__all__ = ["sweep"]

_MARK = b"IPCLAB_SESSION="


def sweep() -> list[Entry]:
    """End the processes, then remove the kernel objects and files, that ended sessions left; return what was removed.

    Nothing of a live session is touched, nor anything that was not made by ipclab. A process ends with its supervisor
    even when a notebook's kernel is killed; what is found here lost both. Needs no rights but your own.
    """
    return [*_end_orphans(), *leftovers.sweep()]


def _end_orphans() -> Iterator[Entry]:
    """Freeze before killing, and look again until none is new: one of them may have been forking."""
    killed: set[str] = set()                               # some may take a while to die
    while orphans := {pid for pid in _orphans() if ledger.identity(pid) not in killed}:
        for pid in orphans:
            _tree.signal_to(pid, signal.SIGSTOP)
        for pid in orphans & set(_orphans()):              # the mark is read again: a pid may have found a new owner
            killed.add(identity := ledger.identity(pid))
            yield Entry("process", str(pid), identity)
            _tree.signal_to(pid, signal.SIGKILL)


def _orphans() -> Iterator[int]:
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError, ValueError):     # it has ended meanwhile, or belongs to somebody else
            for variable in Path(f"/proc/{name}/environ").read_bytes().split(b"\0"):
                if variable.startswith(_MARK) and ledger.ended(variable.removeprefix(_MARK).decode()):
                    if ledger.started(int(name)):
                        yield int(name)
