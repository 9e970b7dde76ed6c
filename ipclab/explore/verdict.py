"""What an exploration found: PROVED with the sizes explored, REFUTED with a story, or NOT FINISHED with the reason."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field, fields
from pathlib import Path

from ..trace import Trace

__all__ = ["NOT_FINISHED", "PROVED", "REFUTED", "Verdict"]

PROVED, REFUTED, NOT_FINISHED = "PROVED", "REFUTED", "NOT FINISHED"


@dataclass(frozen=True)
class Verdict:
    """Plain data. Only PROVED earns anything; it holds for the sizes explored and says nothing about larger ones."""

    status: str
    reason: str                                             # one sentence for a reader
    sizes: dict[str, int] = field(default_factory=dict)     # "runs", "states", "steps", "instants", …
    story: tuple[str, ...] = ()                             # REFUTED: what happens, step by step
    schedule: tuple[str, ...] = ()                          # REFUTED: which process acts, step by step
    critical: int | None = None                             # the step (from 0) after which it cannot end well any more
    trace: Trace | None = None                              # REFUTED: the run itself, for drawing

    @property
    def proved(self) -> bool:
        """All of it was tried, and all was well."""
        return self.status == PROVED

    @property
    def refuted(self) -> bool:
        """A run went wrong: `reason` says how, `schedule` in which order."""
        return self.status == REFUTED

    @property
    def critical_event(self) -> tuple[str, int] | None:
        """The key of the critical step's event in the trace, for drawing; None if there is none, or if the step was the
        end of a process, which is no event."""
        if self.critical is None or self.trace is None:
            return None
        process = self.schedule[self.critical]
        done = [event.key for event in self.trace.of(process) if event.end is not None]
        before = self.schedule[:self.critical].count(process)
        return done[before] if before < len(done) else None

    def __str__(self) -> str:
        sizes = ", ".join(f"{n:,} {what}" for what, n in self.sizes.items())
        return "\n".join([f"{self.status}: {self.reason}" + (f" ({sizes})" if sizes else ""), *self.story])

    def to_json(self) -> str:
        """As text, from which `from_json` makes the same again."""
        trace = json.loads(self.trace.to_json()) if self.trace else None
        return json.dumps({**{f.name: getattr(self, f.name) for f in fields(self)}, "trace": trace}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Verdict:
        """The verdict that `to_json` wrote. Raises ValueError or TypeError for anything else."""
        data = json.loads(text)
        if not isinstance(data, dict) or data.get("status") not in (PROVED, REFUTED, NOT_FINISHED):
            raise ValueError("this is no verdict")
        trace = Trace.from_json(json.dumps(data["trace"])) if data.get("trace") else None
        return cls(**{**data, "story": tuple(data["story"]), "schedule": tuple(data["schedule"]), "trace": trace})

    def save(self, path: str | os.PathLike) -> None:
        """Write it to a file, from which `load` reads it and `replay` runs it again."""
        Path(path).write_text(self.to_json(), encoding="utf-8")

    @classmethod
    def load(cls, path: str | os.PathLike) -> Verdict:
        """The verdict that `save` wrote. Raises ValueError or TypeError for anything else, OSError without a file."""
        return cls.from_json(Path(path).read_text(encoding="utf-8"))
