"""Is a process blocked for ever? Read off the kernel, without a clock.

A process is stuck if it has one thread, sleeps in a system call that only another process could end, has no signal
waiting for it, and no other process of the experiment is left to act: each of them sleeps in the same way. Where that
is not certain the answer is no, and a deadline must decide; a deadline yields NOT FINISHED, never a verdict.
"""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Iterable
from pathlib import Path

from .. import errors
from ..kernel.states import state

__all__ = ["blocked_in", "handles", "stuck", "switches"]

# The calls in which a process sleeps until another acts, and which argument is a time limit (None: there is none).
_LIMIT = {"read": None, "write": None, "readv": None, "writev": None, "pause": None, "rt_sigsuspend": None,
          "semop": None, "msgsnd": None, "msgrcv": None, "wait4": None, "waitid": None, "rt_sigtimedwait": 2,
          "ppoll": 2, "futex": 3, "semtimedop": 3, "mq_timedsend": 4, "mq_timedreceive": 4}
_CHILDREN_ARE_KNOWN = os.path.exists(f"/proc/self/task/{os.getpid()}/children")     # not in every kernel
_ON_A_DESCRIPTOR = {"read", "write", "readv", "writev"}
_TIMERS = sum(1 << (n - 1) for n in (signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF))


def blocked_in(pid: int) -> tuple[str, tuple[int, ...]] | None:
    """The system call without a time limit in which `pid` sleeps, and its arguments; None if it does not."""
    try:
        now = state(pid)
    except errors.IPCError:
        return None
    if now.call not in _LIMIT or (limit := _LIMIT[now.call]) is not None and now.arguments[limit] != 0:
        return None
    if now.call == "ppoll" and now.arguments[1]:                     # of no descriptor, it is the pause(2) of Arm
        return None
    return now.call, now.arguments


def stuck(pid: int, family: Iterable[int]) -> str:
    """The call in which `pid` is blocked for ever, or "". `family`: the processes known to wait for it, and itself.

    Other processes that descend from these do not help if they are all asleep themselves, each until another wakes it.
    """
    before = _all_asleep(pid, set(family))
    return before[0][0] if before and _all_asleep(pid, set(family)) == before else ""


def _all_asleep(pid: int, family: set[int]) -> list[tuple] | None:
    """Of `pid` and those others: in which calls they sleep. None if one of them does not."""
    if not _CHILDREN_ARE_KNOWN or (own := _asleep(pid)) is None:
        return None
    others = [_asleep(each) for each in _descendants(family)]
    return [own, *others] if all(others) else None


def _asleep(pid: int) -> tuple | None:
    """In which call `pid` sleeps until another process wakes it, and since when; None if it does not."""
    call = blocked_in(pid)
    if call is None or not _quiet(pid) or call[0] in _ON_A_DESCRIPTOR and not _pipe(pid, call[1][0]):
        return None
    return *call, switches(pid)


def _status(pid: int) -> dict[str, str]:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return {}
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def _quiet(pid: int) -> bool:
    """One thread, no signal on its way, and no timer that has a handler to run."""
    status = _status(pid)
    if not status or status["Threads"] != "1" or status["State"][0] != "S":
        return False
    pending, blocked, caught = (int(status[name], 16) for name in ("ShdPnd", "SigBlk", "SigCgt"))
    return not (int(status["SigPnd"], 16) | pending) & ~blocked and not caught & _TIMERS


def handles(pid: int, number: int) -> bool:
    """Would signal `number` run a handler of `pid` now? (It has one, and does not block the signal.)"""
    status = _status(pid)
    bit = 1 << (number - 1)
    return bool(status) and bool(int(status["SigCgt"], 16) & bit) and not int(status["SigBlk"], 16) & bit


def switches(pid: int) -> int:
    """How often `pid` has gone to sleep so far: it changes if and only if it has run meanwhile."""
    return int(_status(pid).get("voluntary_ctxt_switches", "-1"))


def _descendants(family: set[int]) -> list[int]:
    """The living processes outside `family` that descend from one of it."""
    found, todo = set(), list(family)
    while todo:
        new = {child for child in _children(todo.pop()) if child not in family | found and _alive(child)}
        found, todo = found | new, [*todo, *new]
    return sorted(found)


def _children(pid: int) -> list[int]:
    """Asking the kernel for the children of one process is cheap; reading all of /proc is not."""
    try:
        tasks = os.listdir(f"/proc/{pid}/task")
        return [int(child) for task in tasks for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split()]
    except OSError:                                         # it has ended
        return []


def _alive(pid: int) -> bool:
    return _status(pid).get("State", "Z")[0] not in "ZX"


def _pipe(pid: int, descriptor: int) -> bool:
    """A pipe, a FIFO or an eventfd: nobody but a process that has it open can end the wait."""
    path = f"/proc/{pid}/fd/{descriptor}"
    try:
        return stat.S_ISFIFO(os.stat(path).st_mode) or os.readlink(path) == "anon_inode:[eventfd]"
    except OSError:
        return False
