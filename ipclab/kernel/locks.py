"""Who holds the lock on a file for which a process waits. Sources: proc_locks(5), proc_pid_fdinfo(5), flock(2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from .. import errors
from . import _proc

__all__ = ["Blocked", "blocked_locks"]

LINE = re.compile(r"(\d+): +(-> )? *(\w+) +\w+ +(\w+) +(-?\d+) +([0-9a-f]+:[0-9a-f]+:(\d+)) ")


@dataclass(frozen=True, slots=True)
class Blocked:
    """A request for a lock that waits, and the processes that hold the lock in its way."""

    kind: str                        # "FLOCK", "POSIX", "OFDLCK"
    inode: int
    holders: tuple[int, ...]


def blocked_locks(pid: int) -> list[Blocked]:
    """The locks for which process `pid` waits: one for each thread that waits for one."""
    matches = [match for line in Path("/proc/locks").read_text().splitlines() if (match := LINE.match(line + " "))]
    in_the_way = {m[1]: m for m in matches if not m[2]}              # by the number at the beginning of the line
    return [_blocked(in_the_way[m[1]]) for m in matches if m[2] and m[5] == str(pid)]


def _blocked(holding: re.Match) -> Blocked:
    owner = int(holding[5])
    holders = (owner,) if holding[3] == "POSIX" and owner > 0 else _with_open_file(holding[3], holding[6])
    return Blocked(holding[3], int(holding[7]), holders)


def _with_open_file(kind: str, file: str) -> tuple[int, ...]:
    """flock and OFD locks belong to an open file description: whoever has that open holds the lock, forked or not."""
    found = set()
    for pid, fds in _proc.processes_having("fdinfo"):
        for fd in fds:
            try:
                text = _proc.read(pid, f"fdinfo/{fd}")
            except errors.IPCError:
                continue
            if re.search(rf"^lock:.* {kind} .* {re.escape(file)} ", text, re.MULTILINE):
                found.add(pid)
    return tuple(sorted(found))
