"""Which signals a process blocks, ignores, catches, and which wait for it. Source: proc_pid_status(5), signal(7)."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import ClassVar

from .. import errors
from . import _proc
from ._table import Row, Table, aligned

__all__ = ["SignalState", "ThreadSignals", "signal_name", "signals"]

MANY = 16                            # more names than this are not a line that anybody reads


@dataclass(frozen=True, slots=True)
class ThreadSignals(Row):
    """Each thread has a mask of its own, and signals sent to that thread alone."""

    tid: int
    name: str
    blocked: tuple[str, ...]
    pending: tuple[str, ...]

    columns: ClassVar = {"thread": "tid", "name": "name", "blocked": "shown_blocked", "pending": "pending"}

    @property
    def shown_blocked(self) -> str:
        """`blocked` as the table shows it."""
        return _listed(self.blocked)


@dataclass(frozen=True, slots=True)
class SignalState:
    """A process's signals by name. What is neither ignored nor caught has its default action."""

    pid: int
    name: str
    blocked: tuple[str, ...]         # masked in the main thread: kept waiting, not lost
    ignored: tuple[str, ...]         # thrown away on arrival (SIG_IGN)
    caught: tuple[str, ...]          # a handler runs; one table for all threads
    pending: tuple[str, ...]         # waiting for the main thread alone
    shared_pending: tuple[str, ...]  # waiting for any thread of the process that does not block them
    threads: tuple[ThreadSignals, ...]

    def __str__(self) -> str:
        rows = [["blocked", self.blocked], ["ignored", self.ignored], ["caught", self.caught],
                ["pending (thread)", self.pending], ["pending (process)", self.shared_pending]]
        head = f"signals of {self.name} (pid {self.pid})\n"
        body = head + aligned([[label, _listed(signals)] for label, signals in rows])
        return body if len(self.threads) < 2 else f"{body}\n{Table(self.threads)}"


def signals(pid: int) -> SignalState:
    """The signals of a live process, decoded. A pending real-time signal shows once, however often it is queued."""
    fields = _proc.status_fields(pid)
    return SignalState(pid, fields["Name"], _names(fields["SigBlk"]), _names(fields["SigIgn"]),
                       _names(fields["SigCgt"]), _names(fields["SigPnd"]), _names(fields["ShdPnd"]), _threads(pid))


def signal_name(number: int) -> str:
    """"SIGUSR1"; real-time signals as "SIGRTMIN+3"; the C library's own two below SIGRTMIN as "SIG32" and "SIG33"."""
    if signal.SIGRTMIN <= number <= signal.SIGRTMAX:
        above = number - signal.SIGRTMIN
        return f"SIGRTMIN+{above}" if above else "SIGRTMIN"
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIG{number}"


def _names(mask: str) -> tuple[str, ...]:
    """A hexadecimal mask, in which bit 0 stands for signal 1, as names."""
    bits = int(mask, 16)
    return tuple(signal_name(bit + 1) for bit in range(bits.bit_length()) if bits >> bit & 1)


def _listed(names: tuple[str, ...]) -> str:
    """The names, or what is missing where nearly all are there."""
    if len(names) <= MANY:
        return ", ".join(names) or "-"
    rest = [name for name in map(signal_name, sorted(signal.valid_signals())) if name not in names]
    return "all but " + ", ".join(rest) if len(rest) <= MANY else f"{len(names)} signals"


def _threads(pid: int) -> tuple[ThreadSignals, ...]:
    found = []
    for tid in _proc.thread_ids(pid):
        try:
            fields = _proc.status_fields(tid)
        except errors.NotFound:                                      # it ended while we looked
            continue
        found.append(ThreadSignals(tid, fields["Name"], _names(fields["SigBlk"]), _names(fields["SigPnd"])))
    return tuple(found)
