"""All that descends from a process, and the end of it."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

__all__ = ["children", "descendants", "freeze", "signal_to"]


def children(pid: int) -> set[int]:
    """The children of a process now, of all its threads (proc_pid_task_tid_children(5))."""
    found: set[int] = set()
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            found.update(map(int, Path(f"/proc/{pid}/task/{thread}/children").read_text().split()))
    return found


def descendants(pid: int, most: int | None = None) -> set[int]:
    """All that descends from a process; with `most`, stop looking when there are more, or a fork bomb keeps us busy."""
    found: set[int] = set()
    todo = [pid]
    while todo and (most is None or len(found) <= most):
        new = children(todo.pop()) - found
        found |= new
        todo += new
    return found


def freeze(root: int) -> set[int]:
    """Stop all that descends from `root`, so that nothing can slip away by forking while it is killed one by one.

    Each is stopped before its children are looked up. A fork that is under way just then may still add a child, so
    look again until nothing is new.
    """
    frozen: set[int] = set()
    while new := _freeze_below(root, frozen):
        frozen |= new
    return frozen


def _freeze_below(root: int, frozen: set[int]) -> set[int]:
    new: set[int] = set()
    todo = [root]
    while todo:
        for pid in children(todo.pop()):
            if pid not in frozen and pid not in new:
                signal_to(pid, signal.SIGSTOP)
                new.add(pid)
            todo.append(pid)
    return new


def signal_to(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
