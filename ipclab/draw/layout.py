"""Where everything of a space-time diagram goes: rows, lanes, columns of values, the gutters in which arrows run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ..trace import Trace
from . import svg
from .story import Step, killed
from .text import cells, clipped, visible

__all__ = ["DRAWN", "KILLED", "LABEL", "MARGIN", "NEVER", "ROW", "SMALL", "TOP", "Lane", "Layout", "taken_text",
           "value_text"]

ROW, TOP, LABEL, NAME, VALUE = 30, 52, 30, 18, 14        # a row's height; the header's; longest texts, in columns
COLUMN, BOLD, SMALL, MARGIN = 7.25, 8.6, 6.4, 14         # widths of a character in the three fonts; the edge
DRAWN = 80                                               # rows beyond which the middle is folded
NEVER, KILLED = "never returned", "killed"


@dataclass(frozen=True)
class Lane:
    name: str
    colour: str
    x: float
    left: float
    right: float


class Layout:
    """One diagram being laid out. `row` and `y` take step numbers; all lengths are pixels."""

    def __init__(self, trace: Trace, steps: list[Step], title: str, show: int):
        self.trace, self.steps, self.title = trace, steps, title
        folded = len(steps) - show
        self.head = len(steps) if folded <= 0 else max(show * 3 // 5, 1)
        self.skipped = max(folded - 1, 0)                # the fold itself takes a row
        self.rows = len(steps) - self.skipped
        self.stuck = [s for s in steps if not s.returned]
        self.killed = {name: max((s.number for s in steps if s.process == name), default=0) for name in killed(trace)}

    def row(self, step: int) -> int:
        """Its row: all steps of the fold share one."""
        return step if step <= self.head else max(self.head + 1, step - self.skipped)

    def y(self, step: int) -> float:
        return TOP + ROW * self.row(step) + ROW / 2

    def folded(self, step: int) -> bool:
        return self.skipped > 0 and self.row(step) == self.head + 1

    @cached_property
    def drawn(self) -> list[Step]:
        return [s for s in self.steps if not self.folded(s.number)]

    @cached_property
    def bottom(self) -> float:
        return TOP + ROW * (self.rows + 1) + (54 if self.stuck else 12)

    @cached_property
    def numbers(self) -> float:
        return MARGIN + 8 + COLUMN * len(str(len(self.steps)))

    @cached_property
    def lanes(self) -> dict[str, Lane]:
        lanes, left = {}, self.numbers + 8
        for i, process in enumerate(self._processes()):
            x = left + 20 + 6 * min(self._crowd(process), 4)
            name = clipped(visible(process), NAME)
            wide = max([cells(name) * BOLD + 2, len(KILLED) * BOLD * (process in self.killed),
                        *(self._width(s) for s in self.drawn if s.process == process)])
            lanes[process] = Lane(name, f"c{i % svg.COLOURS}", x, left, x + 12 + wide + 6)
            left = lanes[process].right
        return lanes

    def _processes(self) -> list[str]:
        return list(dict.fromkeys([*self.trace.processes, *(s.process for s in self.steps)]))

    def _width(self, step: Step) -> float:
        waiting = cells(self._waits(step)) * SMALL if step.waited or not step.returned else 0
        never = 0 if step.returned else max(len(NEVER) * BOLD, cells(taken_text(step)) * SMALL)
        return max(cells(self._text(step)) * COLUMN, waiting, never)

    def _text(self, step: Step) -> str:
        return clipped(step.label, LABEL) + (f" ✗ {step.mark}" if step.mark else "")

    def _waits(self, step: Step) -> str:
        return f"waits for {clipped(visible(step.event.object), LABEL - 10)}"

    def _crowd(self, process: str) -> int:
        return max([self.slots.get(s.number, 0) for s in self.drawn if s.cause and s.cause.process == process],
                   default=0)

    @cached_property
    def slots(self) -> dict[int, int]:
        """Arrows that run down the same gutter at the same time each get a track of their own."""
        busy: dict[str, list[int]] = {}
        slots = {}
        for step in sorted((s for s in self.drawn if s.cause), key=lambda s: s.cause.number):
            tracks = busy.setdefault(step.cause.process, [])
            free = next((i for i, until in enumerate(tracks) if until <= self.row(step.cause.number)), len(tracks))
            tracks[free:free + 1] = [self.row(step.number)]
            slots[step.number] = free
        return slots

    @cached_property
    def columns(self) -> dict[str, tuple[str, float, float]]:
        """Each object with a value: its name, and the middle and width of its column."""
        columns, left = {}, max((lane.right for lane in self.lanes.values()), default=self.numbers) + 14
        first = {o.label: o.value for o in self.trace.objects}
        for label in dict.fromkeys([*first, *(s.event.object for s in self.steps)]):
            told = [s for s in self.steps if s.event.object == label and s.changed]
            if first.get(label) is None and not told:
                continue
            name = clipped(visible(label), VALUE)
            changes = ((cells(value_text(s.was)) + cells(value_text(s.now)) + 3) * COLUMN for s in told)
            wide = max([cells(name) * BOLD, *changes])
            columns[label] = name, left + wide / 2 + 8, wide + 16
            left += wide + 16
        return columns

    @cached_property
    def width(self) -> float:
        ends = [lane.right for lane in self.lanes.values()] + [x + w / 2 for _, x, w in self.columns.values()]
        return max([*ends, 240]) + MARGIN


def taken_text(step: Step) -> str:
    by = "itself" if step.holder and step.holder.process == step.process else step.holder and step.holder.process
    return f"taken in step {step.holder.number} by {clipped(visible(by), NAME)}" if step.holder else ""


def value_text(value: object) -> str:
    return "?" if value is None else clipped(visible(value), VALUE)
