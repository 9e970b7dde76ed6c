"""What an exploration found: PROVED with the sizes explored, REFUTED with a story, or NOT FINISHED with the reason."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["NOT_FINISHED", "PROVED", "REFUTED", "Verdict"]

PROVED, REFUTED, NOT_FINISHED = "PROVED", "REFUTED", "NOT FINISHED"


@dataclass(frozen=True)
class Verdict:
    """Plain data. Only PROVED earns anything; it holds for the sizes explored and says nothing about larger ones."""

    status: str
    reason: str                                             # one sentence for a reader
    sizes: dict[str, int] = field(default_factory=dict)     # "runs", "states", "steps", "instants", …
    story: tuple[str, ...] = ()                             # REFUTED: what happens, step by step

    @property
    def proved(self) -> bool:
        return self.status == PROVED

    @property
    def refuted(self) -> bool:
        return self.status == REFUTED

    def __str__(self) -> str:
        sizes = ", ".join(f"{n:,} {what}" for what, n in self.sizes.items())
        return "\n".join([f"{self.status}: {self.reason}" + (f" ({sizes})" if sizes else ""), *self.story])

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Verdict:
        return cls(**{**data, "story": tuple(data.get("story", ()))})

    @classmethod
    def from_json(cls, text: str) -> Verdict:
        """The verdict that `to_json` wrote. Raises ValueError or TypeError for anything else."""
        return cls.from_data(json.loads(text))
