"""What a run left behind: counted in the box, before the run and after it, from what the kernel says.

Descriptors, threads and children are the run's own: what was there when it began is not counted, so whatever a story
has set up before is nobody's leak. Processes, System V objects and files are those of the box, which outlive the run.
Sources: proc_pid_fd(5), proc_pid_task(5), proc_sysvipc(5).
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import time
from collections import Counter
from pathlib import Path
from typing import Any

__all__ = ["WORDS", "checked", "in_the_box", "more", "of_this_process", "sentence"]

WORDS = {                            # one of it, several of it
    "descriptors": ("an open descriptor", "{} open descriptors"),
    "threads": ("a running thread", "{} running threads"),
    "children": ("a child that nobody waited for", "{} children that nobody waited for"),
    "processes": ("a running process", "{} running processes"),
    "sem": ("a System V set of semaphores", "{} System V sets of semaphores"),
    "msg": ("a System V message queue", "{} System V message queues"),
    "shm": ("a System V shared memory segment", "{} System V shared memory segments"),
    "files": ("a file", "{} files"),
}
PATIENCE = 1.0                       # seconds for all processes that are about to end


def of_this_process() -> Counter[str]:
    """What is open and running here, garbage not counted."""
    gc.collect()
    tasks = os.listdir("/proc/self/task")
    children = [child for task in tasks for child in Path(f"/proc/self/task/{task}/children").read_text().split()]
    return Counter(descriptors=len(os.listdir("/proc/self/fd")), threads=len(tasks), children=len(children))


def in_the_box(known: frozenset[str] = frozenset()) -> Counter[str]:
    """What is there in the whole box. Processes that are not `known` get time to end: what just ends is not left."""
    until = time.monotonic() + PATIENCE
    for pid in processes() - known if known else ():
        with contextlib.suppress(ProcessLookupError):
            descriptor = os.pidfd_open(int(pid))
            select.select([descriptor], [], [], max(0.0, until - time.monotonic()))
            os.close(descriptor)
    tables = {name: len(Path("/proc/sysvipc", name).read_text().splitlines()) - 1 for name in ("sem", "msg", "shm")}
    files = sum(len(set(os.listdir(folder)) - {"ledgers"}) for folder in ("/tmp", "/dev/shm"))
    return Counter(tables, processes=len(processes()), files=files)


def processes() -> frozenset[str]:
    return frozenset(name for name in os.listdir("/proc") if name.isdigit())


def more(before: Counter[str], after: Counter[str]) -> dict[str, int]:
    return dict(after - before)


def checked(left: Any) -> dict[str, int]:
    """What came out of the box as such a count. Raises ValueError if it is none."""
    if not isinstance(left, dict) or set(left) - set(WORDS) or any(type(n) is not int or n < 1 for n in left.values()):
        raise ValueError("not what a worker says")
    return left


def sentence(left: dict[str, int]) -> str:
    """For the student; empty if nothing is left."""
    parts = [one if left[what] == 1 else several.format(left[what])
             for what, (one, several) in WORDS.items() if what in left]
    return f"What your code started or opened and left behind: {', '.join(parts)}." if parts else ""
