"""What the explorer knows of a run at one moment. Plain data, shared by the engine and the searches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["CannotGoOn", "ENDS", "NotTheSame", "Operation", "Outcome", "State"]

ENDS = {"exit", "SIGKILL"}           # steps that end a process: the kernel closes and undoes what it held


class CannotGoOn(Exception):
    """The system cannot be explored; the message, for a reader, says why."""


class NotTheSame(CannotGoOn):
    """A process did something else than in an earlier run, having seen the same."""


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """What a process is about to do. Two of the same content are one object."""

    number: int
    kind: str
    object: str                      # the label of the object
    label: str                       # the label of the part of it that is touched: "buffer[0]"
    role: str
    blocks: bool
    args: tuple | None               # None: not plain. Of the end of a process: the labels of what it touches
    argument: object = None
    noted: bool = False              # it touches one number, and the process notes what it leaves there

    def __str__(self) -> str:
        return f"{self.kind}({'' if self.argument is None else self.argument}) on {self.label}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a process ended."""

    how: str                         # returned, raised, killed
    value: Any

    def __str__(self) -> str:
        return f"the end ({self.how} {self.value!r})"


@dataclass(slots=True, eq=False)         # not frozen, which would make thousands of them a second dear; never changed
class State:
    """Where a run stands, between two operations, and how it came there."""

    schedule: bytes                  # process numbers, in the order in which they acted
    log: tuple                       # (Operation, number of its result), one for each
    pending: tuple                   # by process: the Operation that it stands before, or its Outcome
    enabled: tuple[int, ...]         # the processes that may go on
    histories: tuple[int, ...]       # by process: a number that stands for all that it did and saw
    store: dict[str, Any]            # content of the shared objects, as far as the histories do not tell
    raw: bytes = b""                 # the log as the workers note it: equal for equal steps of the same workers
    cut: bool = False                # it is too long: whoever may go on is not let

    @property
    def key(self) -> tuple:
        """Two states with one key have the same future: a process knows nothing but what it has seen."""
        return self.histories, frozenset(self.store.items())
