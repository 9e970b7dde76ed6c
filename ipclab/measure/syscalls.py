"""System calls counted by strace(1): in a run of its own, because a call that is watched is ten times as dear.

Each process of a trial opens and closes its stretch by asking for a file that does not exist (`trial.Usage`); between
these two lines of strace's log are the calls to count.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["COMMAND", "counted", "mark", "offered"]

FOLDER = "/ipclab-counts"            # no such folder
COMMAND = ["strace", "-f", "-qq", "-s", "64", "-e", "signal=none", "-e", "trace=!clock_gettime"]
# clock_gettime is the harness's own, and a system call only where the clock cannot be read without one.


def offered() -> bool:
    return shutil.which("strace") is not None


def mark(trial: int) -> str:
    return f"{FOLDER}/{trial}"


class _Call(NamedTuple):
    who: str                         # process or thread
    trial: int                       # of a mark; else 0
    edge: str                        # "begin", "end" or ""


_MARK = re.compile(rf'"{FOLDER}/(\d+)/(begin|end)"')


def _calls(log: str) -> Iterator[_Call]:
    for line in log.splitlines():
        who, _, call = line.partition(" ")
        if who.isdigit() and call.lstrip()[:1].isalpha():  # not "<... read resumed>", "+++ exited with 0 +++"
            found = _MARK.search(call)
            yield _Call(who, int(found[1]), found[2]) if found else _Call(who, 0, "")


def counted(log: str) -> dict[int, int]:
    """System calls in each trial: those of both sides between their marks, and of the threads that work for them."""
    calls = list(_calls(log))
    known: dict[int, set[str]] = defaultdict(set)          # the sides of each trial, and who forked them
    for call in calls:
        known[call.trial] |= {call.who, calls[0].who}
    inside: dict[str, int] = {}                            # who is between its marks, of which trial
    counts: Counter[int] = Counter()
    for call in calls:
        if call.edge == "begin":
            inside[call.who] = call.trial
        elif call.edge == "end":
            inside.pop(call.who, None)
        elif call.who in inside:
            counts[inside[call.who]] += 1
        elif inside and call.who not in known[now := next(iter(inside.values()))]:
            counts[now] += 1                               # a thread
    return {trial: counts[trial] for trial in known if trial}
