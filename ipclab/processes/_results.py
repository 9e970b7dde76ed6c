"""What came of a run, as plain data."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..trace import Trace

__all__ = ["Outcome", "Printed", "ProgramRun", "Run"]


@dataclass(frozen=True, slots=True)
class Printed:
    """A line, or a piece of one, as one process wrote it to its standard output or error."""

    process: str                     # its name in the run; for one that its function forked, "name.1"
    pid: int                         # of the writer itself, who may be a program that the process started
    stream: str                      # "stdout" or "stderr"
    text: str


@dataclass(frozen=True)
class Outcome:
    """How one process ended, and what it left."""

    name: str
    pid: int
    status: int | None               # exit status; None if a signal ended it
    signal: str | None               # "SIGKILL"; None if it exited
    error: str = ""                  # "ValueError: …", the exception that its function raised
    traceback: str = ""
    output: str = ""                 # all that it and its descendants wrote, both streams, in order
    cpu: float = 0.0                 # seconds of processor time, with those of children it waited for
    blocked_in: str = ""             # the system call in which the deadline found it; "" if it was not asleep then
    packed_value: bytes = field(default=b"", repr=False)

    @cached_property
    def value(self) -> Any:
        """What its function returned. It is unpickled here, at the first look, so a run may be judged without."""
        return pickle.loads(self.packed_value) if self.packed_value else None

    @property
    def ok(self) -> bool:
        """It ended by itself, with exit status 0."""
        return self.status == 0

    @property
    def ending(self) -> str:
        """In words: "exit status 0", "ended by SIGKILL"."""
        return f"exit status {self.status}" if self.signal is None else f"ended by {self.signal}"


@dataclass(frozen=True)
class Run:
    """What happened in one run; `run["producer"]` is the outcome of the process with that name."""

    processes: tuple[Outcome, ...]
    trace: Trace
    printed: tuple[Printed, ...] = ()
    timed_out: bool = False
    notes: tuple[str, ...] = ()      # what else to know: cut output, a trace that is not whole, a stray signal

    def __getitem__(self, name: str) -> Outcome:
        for process in self.processes:
            if process.name == name:
                return process
        raise KeyError(f"no process {name!r} in this run; there are {', '.join(p.name for p in self.processes)}")

    def __iter__(self) -> Iterator[Outcome]:
        return iter(self.processes)

    @property
    def ok(self) -> bool:
        """Every process ended by itself, with exit status 0."""
        return not self.timed_out and all(p.ok for p in self.processes)

    @property
    def output(self) -> str:
        """All that the processes wrote, in order, both streams."""
        return "".join(p.text for p in self.printed)


@dataclass(frozen=True)
class ProgramRun:
    """What happened when a program ran, which may have forked as it liked."""

    pid: int
    status: int | None
    signal: str | None
    printed: tuple[Printed, ...] = ()
    timed_out: bool = False
    notes: tuple[str, ...] = ()
    cpu: float = 0.0

    @property
    def ok(self) -> bool:
        """It ended by itself, with exit status 0, before the deadline."""
        return self.status == 0 and not self.timed_out

    @property
    def output(self) -> str:
        """All that it and its descendants wrote, in order, both streams."""
        return "".join(p.text for p in self.printed)
