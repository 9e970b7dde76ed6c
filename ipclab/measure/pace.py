"""How far a run is, and how long the rest of it will take."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Pace", "Progress"]

Progress = Callable[[int, int, str, float], object]
WEIGHT = 20                          # the guess made beforehand counts as much as so many steps that were timed


@dataclass
class _Kind:
    """Steps that take about the same time."""

    left: int
    guess: float                     # seconds for one, before any was timed
    done: int = 0
    spent: float = 0

    def seconds_left(self) -> float:
        return self.left * (WEIGHT * self.guess + self.spent) / (WEIGHT + self.done)


class Pace:
    """Tells `progress`, if there is one, of each step before it begins: done, of how many, which, seconds left."""

    def __init__(self, progress: Progress | None, **kinds: tuple[int, float]):
        """For each kind of steps: how many there are, and how many seconds one will take about."""
        self.progress = progress
        self.kinds = {name: _Kind(*given) for name, given in kinds.items()}
        self.of = sum(kind.left for kind in self.kinds.values())
        self.current: _Kind | None = None

    def step(self, kind: str, what: str) -> None:
        self._ended()
        self.current = self.kinds[kind]
        self._tell(what)

    def end(self) -> None:
        self._ended()
        self._tell("")

    def _ended(self) -> None:
        now = time.monotonic()
        if self.current:
            self.current.left -= 1
            self.current.done += 1
            self.current.spent += now - self.since
        self.current, self.since = None, now

    def _tell(self, what: str) -> None:
        if self.progress:
            kinds = self.kinds.values()
            self.progress(sum(kind.done for kind in kinds), self.of, what, sum(kind.seconds_left() for kind in kinds))
