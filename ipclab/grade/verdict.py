"""What a check found: plain data that a page, a table and a notebook read. It goes to JSON and back."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["RIGHT", "Verdict"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one check of one submission.

    `kind`: right, untouched, no cell, unreadable, syntax, refused, missing, failed (at rest), no plan, differs, raised,
    stuck, died, endless, blocked, busy (waiting in a loop), apart (nothing shared), too much time, too many instants,
    too many orders, leaves (something behind), spoiled, grader (ours, not the student's fault).
    """

    task: str
    kind: str
    sentence: str                    # one plain sentence, or two
    line: int = 0                    # of the student's cell, 0 if it concerns none
    came: str = ""                   # what came out
    should: str = ""                 # what should have
    section: str = ""                # where to read again
    instants: int = 0                # how many were tried
    wrong: int = 0                   # at how many of them it went wrong
    ends: int = 0                    # how many different ends the processes could come to
    deaths: int = 0                  # at how many moments a process was killed
    facts: dict[str, Any] = field(default_factory=dict)      # what a student may predict, by its name
    run: dict[str, Any] = field(default_factory=dict)        # the student's own failing run, for the picture
    left: dict[str, int] = field(default_factory=dict)       # what the code left open or running; see `leaks`
    note: str = ""                   # what else a reader should know of the instant

    @property
    def right(self) -> bool:
        return self.kind == "right"

    @property
    def summary(self) -> str:
        """What nbval compares with the master's: the same short text for everything that is right."""
        return RIGHT if self.right else f"{self.kind}: {self.sentence}"

    def plain(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_plain(cls, data: dict[str, Any]) -> Verdict:
        return cls(**data)


RIGHT = "right at every instant"
