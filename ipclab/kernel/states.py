"""What a process is doing at this moment: running, or asleep in which system call. Source: proc_pid_stat(5)."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from .. import errors
from . import _proc
from ._calls import call_name, with_later
from ._table import Row

__all__ = ["State", "blocked", "state", "wait_until_blocked"]

MEANINGS = {
    "R": "running, or ready to run",
    "S": "asleep until something happens",
    "D": "asleep until a device or the kernel is done",
    "T": "stopped by a signal",
    "t": "stopped by a debugger",
    "Z": "zombie: ended, but its parent has not waited for it",
    "X": "dead",
    "I": "idle kernel thread",
}


@dataclass(frozen=True, slots=True)
class State(Row):
    """One process at one moment (or one thread of it, if the id was a thread's)."""

    pid: int
    name: str
    letter: str                      # as ps(1) shows it
    meaning: str
    parent: int
    group: int
    session: int
    threads: int
    call: str | None                 # the system call in which it sleeps; None: it does not, or we may not see it
    arguments: tuple[int, ...]       # of that call, as numbers: descriptors, ids, addresses
    wchan: str                       # the kernel function in which it sleeps; "" if unknown

    columns: ClassVar = {"pid": "pid", "name": "name", "state": "letter", "meaning": "meaning", "parent": "parent",
                         "group": "group", "session": "session", "call": "shown_call"}

    @property
    def blocked(self) -> bool:
        """It sleeps in the kernel and goes on only when something happens."""
        return self.letter == "S"

    @property
    def shown_call(self) -> str:
        """The call with its first argument, if that is a descriptor or an id: "read(3, …)"."""
        if self.call is None:
            return "-"
        return f"{self.call}({self.arguments[0]}, …)" if self.arguments[0] < 1 << 31 else f"{self.call}(…)"


def state(pid: int) -> State:
    """What the process does now; for a process of several threads: what its main thread does. A thread's id also goes.

    By the time you look at the result it may do something else. Raises NotFound if there is no such process.
    """
    name, fields = _proc.stat_fields(pid)
    call, arguments = _call_if_permitted(pid) if fields[0] in "SD" else (None, ())
    return State(pid, name, fields[0], MEANINGS.get(fields[0], "unknown"), int(fields[1]), int(fields[2]),
                 int(fields[3]), int(fields[17]), call, arguments, _wchan(pid) if call else "")


def blocked(pid: int) -> bool:
    """True if it sleeps in the kernel until something happens (state S). A process that waits for a disk (D), is
    stopped (T) or has ended (Z) is not blocked in this sense."""
    return state(pid).blocked


def wait_until_blocked(pid: int, call: str | Collection[str] | None = None, deadline: float = 30.0) -> State:
    """Return once the process sleeps in the kernel: in the system call `call` (or one of several), if given.

    This is the handshake for "start the others when the reader waits in read(2)". It looks at the kernel's own record
    again and again and yields the processor in between; it never sleeps for a guessed time. Without `call`, any sleep
    counts, also a passing one inside the interpreter, so give `call` where you know it. A later call by which the C
    library makes it counts, too: ppoll(2) for "pause" and "poll" on Arm, semtimedop(2) for "semop" everywhere.

    Raises TimedOut after `deadline` seconds, NotFound if the process ends first, NotPermitted if `call` is given and
    the kernel does not let us see in which call it sleeps.
    """
    wanted = None if call is None else with_later([call] if isinstance(call, str) else call)
    until = time.monotonic() + deadline
    while True:
        now = state(pid)
        if now.blocked and _is_in(now, wanted):
            return now
        if now.letter in "ZX":
            raise errors.NotFound(_waiting(wanted), f"process {pid}", errno.ESRCH, "It ended before it blocked.")
        if time.monotonic() > until:
            raise errors.TimedOut(_waiting(wanted), f"process {pid} ({now.name})", None,
                                  f"After {deadline:g} s it is {now.meaning} ({now.letter}), call: {now.shown_call}.")
        os.sched_yield()


def _is_in(now: State, wanted: set[str] | None) -> bool:
    if wanted is None:
        return True
    if now.call is None:
        _proc.read(now.pid, "syscall", _proc.TRACE_HINT)             # raises if that is why we do not know
    return now.call in wanted


def _waiting(wanted: set[str] | None) -> str:
    return "wait_until_blocked" + (f" in {' or '.join(sorted(wanted))}" if wanted else "")


def _call_if_permitted(pid: int) -> tuple[str | None, tuple[int, ...]]:
    try:
        words = _proc.read(pid, "syscall").split()
    except errors.IPCError:
        return None, ()
    if len(words) != 9:                                              # "running", or "-1 SP PC": not in a call
        return None, ()
    return call_name(int(words[0])), tuple(int(word, 16) for word in words[1:7])


def _wchan(pid: int) -> str:
    try:
        text = _proc.read(pid, "wchan")
    except errors.IPCError:
        return ""
    return "" if text == "0" else text
