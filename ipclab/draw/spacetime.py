"""The space-time diagram: one lane a process, time downward in numbered steps, one step a row.

Because each row holds one event only, arrows run in the channels between rows and never through a label.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from ..trace import Trace
from . import svg
from .layout import BOLD, DRAWN, KILLED, LABEL, NEVER, ROW, SMALL, TOP, Layout, taken_text, value_text
from .picture import Picture, Stepping
from .story import Step, story
from .text import cells, clipped, visible

__all__ = ["space_time"]


def space_time(trace: Trace, *, title: str | None = None, show: int = DRAWN, code: str = "",
               critical: tuple[str, int] | None = None) -> Picture:
    """The diagram of a run: who did what on which object, who waited, and what made whom go on.

    Time runs downward in steps, in an order that respects all that is known of who came first; it is not to scale.
    At most `show` steps are drawn: of a longer trace the middle is folded, and the text below still has every step.
    `code`, the text of the file in which the processes' functions are, stands beside it, and the line of each step is
    lit. `critical` is the key of an event to be marked, see `Verdict.critical_event`. The same trace, whatever its clock
    times, gives the same bytes.
    """
    drawing = Drawing(trace, story(trace, critical), title or "What happened, step by step", max(show, 2))
    return drawing.picture(code)


class Drawing(Layout):
    """A layout with everything drawn on it, from the back to the front."""

    def picture(self, code: str = "") -> Picture:
        legend, height = self._legend()
        parts = [self._paper(), *self._heads(), *map(self._wait, self.drawn), *map(self._arrow, self.drawn),
                 *map(self._event, self.drawn), *map(self._ending, self.stuck), *map(self._death, self.killed),
                 self._fold(), self._cover(), legend]
        return Picture(
            svg.document(self.width, height, f"Space-time diagram: {self.title}", self._summary(), "".join(parts)),
            self.title, self._summary(), tuple(s.sentence for s in self.steps), self._stepping(code), code)

    def _summary(self) -> str:
        who = ", ".join(visible(p) for p in self._processes()) or "none"
        ends = [f"{visible(s.process)} never returned from {s.label}." for s in self.stuck]
        deaths = [f"{visible(p)} was killed {f'after step {step}' if step else 'before its first step'}."
                  for p, step in self.killed.items()]
        told = {f"{p} was killed" for p in self.killed}
        notes = [f"Note: {visible(note)}." for note in self.trace.notes if note not in told]
        return " ".join([f"Processes: {who}. Steps: {len(self.steps)}.", *self._start(), *ends, *deaths, *notes])

    def _start(self) -> list[str]:
        first = [f"{visible(o.label)} {value_text(o.value)}" for o in self.trace.objects if o.value is not None]
        return [f"At the start: {', '.join(first)}."] if first else []

    def _paper(self) -> str:
        rows = "".join(f"M0 {svg.number(TOP + ROW * (r + .5))}h{svg.number(self.width)}"
                       for r in range(2, self.rows + 1, 2))
        band = svg.tag("rect", x=0, y=0, width=self.width, height=ROW, kind="band", fill="none")
        return svg.tag("path", d=rows, kind="zebra", stroke_width=ROW) + band

    def _heads(self) -> Iterator[str]:
        for process, lane in self.lanes.items():
            wide = cells(lane.name) * BOLD + 20
            pill = svg.tag("rect", x=lane.x - 12, y=14, width=wide, height=26, rx=13, kind="pill")
            end = self._grave(process) if process in self.killed else self.bottom
            line = svg.tag("path", d=f"M{svg.number(lane.x)} 40V{svg.number(end)}", kind="lane")
            yield svg.tag("g", line + pill + svg.text(lane.x - 12 + wide / 2, 27, lane.name, "h m"), kind=lane.colour)
        if self.columns:
            left = min(x - w / 2 for _, x, w in self.columns.values()) - 4
            yield svg.tag("path", d=f"M{svg.number(left)} 14V{svg.number(self.bottom)}", kind="rule")
        for label, (name, x, _) in self.columns.items():
            first = next((o.value for o in self.trace.objects if o.label == label), None)
            yield svg.text(x, 27, name, "h m") + svg.text(x, TOP + ROW / 2, value_text(first), "w m")
        yield svg.text(self.numbers, TOP + ROW / 2, "0", "n r")

    def _wait(self, step: Step) -> str:
        if not step.waited:
            return ""
        lane, y = self.lanes[step.process], self.y(step.number)
        if step.back > step.number:
            top, bottom, label = y + 7, self.y(step.back) + ROW / 2 + 4, y + ROW
        else:
            top, bottom = self.y(step.asked) + ROW / 2 - 4, y - 3
            label = min(self.y(step.asked + 1), y - ROW)
        return svg.hatched(lane.x, top, bottom, lane.colour) + svg.text(lane.x + 12, label, self._waits(step), "q o")

    def _ending(self, step: Step) -> str:
        lane, y = self.lanes[step.process], self.bottom - 46
        words = [(self._waits(step), "q o"), (taken_text(step), "q o"), (NEVER, "h o x")]
        lines = (svg.text(lane.x + 12, y + 16 * i, line, kind) for i, (line, kind) in
                 enumerate(pair for pair in words if pair[0]))
        return svg.hatched(lane.x, self.y(step.number) + 7, self.bottom, lane.colour) + "".join(lines)

    def _grave(self, process: str) -> float:
        """Where its lane ends: below the last that it did."""
        return self.y(self.killed[process]) + ROW / 2

    def _death(self, process: str) -> str:
        x, y = self.lanes[process].x, self._grave(process)
        return _shape("fail", x, y) + svg.text(x + 12, y, KILLED, "h o x")

    def _arrow(self, step: Step) -> str:
        if step.cause is None or self.row(step.cause.number) == self.row(step.number):
            return ""
        source, target = self.lanes[step.cause.process], self.lanes[step.process]
        path = _route(source.x, self.y(step.cause.number), target.x, self.y(step.number),
                      self._straight(step), self.slots[step.number])
        kind = "msg" if step.message or step.waited else "leave"
        side = 1 if target.x > source.x else -1
        tip = svg.arrow_tip(target.x - side * 4.5, self.y(step.number) - 5.5, side, 1)
        return svg.tag("g", svg.tag("path", d=path, kind=kind) + tip, kind=source.colour)

    def _straight(self, step: Step) -> bool:
        """True if the arrow meets no later event of its sender on the way, so that it may run along the lane."""
        between = range(step.cause.number + 1, step.number)
        return not any(self.steps[n - 1].process == step.cause.process for n in between)

    def _event(self, step: Step) -> str:
        lane, y = self.lanes[step.process], self.y(step.number)
        words = svg.text(lane.x + 12, y, clipped(step.label, LABEL), "o")
        if step.mark:
            words = words.replace("</text>", svg.tag("tspan", f" ✗ {svg.escaped(step.mark)}", kind="x") + "</text>")
        parts = [svg.tag("title", svg.escaped(clipped(step.sentence, 160))),
                 svg.text(self.numbers, y, step.number, "n r"), _shape(_kind(step), lane.x, y), words,
                 self._change(step, y)]
        return svg.tag("g", "".join(parts), kind=lane.colour)

    def _change(self, step: Step, y: float) -> str:
        if not step.changed:
            return ""
        _, x, _ = self.columns[step.event.object]
        was = "" if step.was is None else svg.tag("tspan", f"{svg.escaped(value_text(step.was))} → ", kind="w")
        return svg.tag("text", was + svg.escaped(value_text(step.now)), x=float(x), y=float(y + 4), kind="v m")

    def _fold(self) -> str:
        if not self.skipped:
            return ""
        first, last = self.head + 1, self.head + 1 + self.skipped
        y = TOP + ROW * (self.head + 1)
        return (svg.tag("rect", x=0, y=y, width=self.width, height=ROW, kind="fold")
                + svg.text(self.width / 2, y + ROW / 2, f"⋮ steps {first} to {last} are not drawn ⋮", "q m"))

    def _cover(self) -> str:
        """Lies over the steps that are still to come; the script moves it."""
        return svg.tag("rect", x=0, y=self.bottom, width=self.width, height=0, kind="cover", fill="none")

    def _legend(self) -> tuple[str, float]:
        parts, x, y = [], self.numbers + 16, self.bottom + 22
        for shape, words in self._signs():
            wide = 22 + len(words) * SMALL
            if x + wide > self.width and x > self.numbers + 16:
                x, y = self.numbers + 16, y + 20
            parts.append(shape(x, y) + svg.text(x + 14, y, words, "q"))
            x += wide + 8
        return svg.tag("g", "".join(parts), kind="c5"), y + 18

    def _signs(self) -> Iterator[tuple[Callable[[float, float], str], str]]:
        """The signs that occur, each with what it says."""
        for kind, words in (("give", "gives"), ("take", "takes"), ("other", "neither"), ("fail", "failed")):
            if any(_kind(s) == kind for s in self.drawn):
                yield lambda x, y, k=kind: _shape(k, x, y), words
        if any(s.waited or not s.returned for s in self.drawn):
            yield lambda x, y: svg.hatched(x, y - 8, y + 8, ""), "waits"
        if any(s.cause and (s.message or s.waited) for s in self.drawn):
            yield lambda x, y: _dash(x, y, "msg"), "hands over, or wakes"
        if any(s.cause and not s.message and not s.waited for s in self.drawn):
            yield lambda x, y: _dash(x, y, "leave"), "had left it there"

    def _stepping(self, code: str) -> Stepping:
        labels = list(self.columns)
        first = {o.label: o.value for o in self.trace.objects}
        return Stepping(
            rows={"head": self.head, "skipped": self.skipped, "top": TOP, "row": ROW,
                  "bottom": svg.number(self.bottom)},
            values=tuple((self.columns[label][0], value_text(first.get(label))) for label in labels),
            changes=tuple({labels.index(s.event.object): value_text(s.now)} if s.changed else {} for s in self.steps),
            lines=tuple(s.event.line if s.event.file == self._file() else 0 for s in self.steps) if code else ())

    def _file(self) -> str:
        """Where most of it happened."""
        return Counter(s.event.file for s in self.steps).most_common(1)[0][0]


def _kind(step: Step) -> str:
    return "fail" if step.failure else step.event.role or "other"


def _dash(x: float, y: float, kind: str) -> str:
    return svg.tag("path", d=f"M{svg.number(x - 8)} {svg.number(y)}h16", kind=kind)


def _shape(kind: str, x: float, y: float) -> str:
    a, b = svg.number(x), svg.number(y)
    if kind in ("give", "take"):
        return svg.tag("circle", cx=float(x), cy=float(y), r=6 if kind == "give" else 5, kind=kind)
    if kind == "fail":
        return svg.tag("path", d=f"M{svg.number(x - 5)} {svg.number(y - 5)}l10 10m0-10l-10 10", kind=kind)
    return svg.tag("path", d=f"M{a} {svg.number(y - 7)}l7 7l-7 7l-7-7z", kind=kind)


def _route(x: float, y: float, to_x: float, to_y: float, straight: bool, slot: int) -> str:
    """From below the sender's mark to above the receiver's, sideways only in the channel above the receiver's row."""
    n, side, channel = svg.number, 1 if to_x > x else -1, to_y - ROW / 2
    end = f"H{n(to_x - side * 18)}Q{n(to_x - side * 11)} {n(channel)} {n(to_x - side * 7)} {n(to_y - 8.5)}"
    if straight and to_y - y <= ROW:
        return f"M{n(x + side * 4)} {n(y + 5)}Q{n(x + side * 7)} {n(channel)} {n(x + side * 16)} {n(channel)}{end}"
    gutter = x - 11 - 6 * min(slot, 4)
    down = f"M{n(x - 4)} {n(y + 5)}Q{n(gutter)} {n(y + 7)} {n(gutter)} {n(y + 16)}"
    if to_y - y > ROW:
        down += f"V{n(channel - 8)}"
    return f"{down}Q{n(gutter)} {n(channel)} {n(gutter + side * 8)} {n(channel)}{end}"
