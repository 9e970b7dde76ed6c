"""All that descends from a process, and the end of it."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable
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


def freeze(root: int, reap: Callable[[], object]) -> set[int]:
    """Stop all that descends from `root`, so that nothing can slip away by forking while it is killed one by one.

    Each is stopped before its children are looked up. A fork that is under way just then may still add a child, so
    look again until nothing is new. `reap` takes away the dead in between: of a process that hands on the torch (forks,
    ends, and so on) they would become more and more, each look would take longer, and the torch be always elsewhere.
    """
    frozen: set[int] = set()
    while not (found := _stop_below(root, frozen)) <= frozen:
        frozen = found
        reap()
    return found


def _stop_below(root: int, frozen: set[int]) -> set[int]:
    found: set[int] = set()
    todo = [root]
    while todo:
        for pid in children(todo.pop()) - found:
            if pid not in frozen:
                signal_to(pid, signal.SIGSTOP)
            found.add(pid)
            todo.append(pid)
    return found


def signal_to(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
