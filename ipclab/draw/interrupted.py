"""A program that a signal interrupts: its lines downward, and the handler nested inside the line that it interrupts.

Steps are plain data, dictionaries with the keys that `ipclab.explore` gives them: what ("line", "strike", "handler",
"back"), depth (how many handlers are running), line, function, signal, fate, raised, column and end_column, first and
now (names and values as text: what there was, what the step changed). Nothing else of them is read, and all is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import svg
from .layout import COLUMN, MARGIN, ROW, SMALL, TOP
from .picture import Picture, Stepping
from .text import cells, clipped, visible

__all__ = ["interrupted"]

INDENT, CODE, CHANGES, NUMBERS = 26, 44, 46, 40
FATES = {"handled": "", "blocked": "it is blocked and stays pending", "ignored": "it is ignored",
         "default": "it has no handler here"}


def interrupted(steps: Sequence[Mapping[str, Any]], source: str, title: str, ending: str) -> Picture:
    """The picture of one run of the program `source`; `ending` says in a sentence how it went wrong."""
    return _Drawing(steps, source, title, ending).picture()


class _Drawing:
    def __init__(self, steps: Sequence[Mapping[str, Any]], source: str, title: str, ending: str):
        self.steps, self.source, self.title, self.ending = steps, source, title, ending
        self.code = source.split("\n")
        self.labels = [self._label(step) for step in steps]
        self.changes = list(self._changes())
        self.deepest = max((step["depth"] for step in steps), default=0)
        self.bottom = TOP + ROW * (len(steps) + 1) + 6

    def picture(self) -> Picture:
        parts = [self._paper(), *self._nests(), self._head(), *map(self._row, range(len(self.steps))), self._end()]
        height = self.bottom + ROW + 12
        cover = svg.tag("rect", x=0, y=self.bottom, width=self.width, height=0, kind="cover", fill="none")
        summary = f"Steps: {len(self.steps)}. {self.ending}"
        drawing = svg.document(self.width, height, self.title, summary, "".join([*parts, cover]))
        return Picture(drawing, self.title, summary, tuple(map(self._sentence, range(len(self.steps)))),
                       self._stepping(), self.source)

    # words

    def _label(self, step: Mapping[str, Any]) -> str:
        match step["what"]:
            case "line":
                return clipped(visible(self._text(step["line"])), CODE)
            case "strike":
                fate = FATES.get(step["fate"], "")
                return f"{visible(step['signal'])} comes" + (f": {fate}" if fate else "")
            case "handler":
                return f"the handler of {visible(step['signal'])} begins"
        raised = step.get("raised", "")
        return f"the handler ends with {clipped(visible(raised), 30)}" if raised else "the handler returns"

    def _text(self, line: int) -> str:
        return self.code[line - 1].strip() if 0 < line <= len(self.code) else ""

    def _sentence(self, number: int) -> str:
        step, said = self.steps[number], self.labels[number]
        where = ("your program", "the handler")[step["depth"]] if step["depth"] < 2 else f"handler {step['depth']}"
        if step["what"] == "line":
            again = "goes on in" if self._goes_on(number) else "runs"
            said = f"{where} {again} line {step['line']}: {said}"
        elif step["what"] == "strike":
            said += f" {self._place(step)}"
        changed = "; ".join(f"{visible(name)} {visible(was) or 'was nothing'} → {visible(now)}" if was != now else
                            f"{visible(name)} = {visible(now)}" for name, was, now in self.changes[number])
        return f"{said}; {changed}." if changed else f"{said}."

    def _place(self, step: Mapping[str, Any]) -> str:
        """Where in its line the signal came, as far as that is a piece of the line."""
        if not step["line"]:
            return "just before or just after your code"
        row = self.code[step["line"] - 1] if step["line"] <= len(self.code) else ""
        piece = row.encode()[step.get("column", 0):step.get("end_column", 0)].decode(errors="replace")
        return f"in line {step['line']}" + (f", just before “{visible(piece)}” is done" if piece.strip() else "")

    def _goes_on(self, number: int) -> bool:
        before = self.steps[number - 1]["what"] if number else ""
        return before == "back" or before == "strike"

    # values

    def _changes(self) -> Iterator[list[tuple[str, str, str]]]:
        """For each step: name, value before it, value after it."""
        known: dict[str, str] = {}
        for step in self.steps:
            first, now = step.get("first", {}), step["now"]
            yield [(n, first.get(n, known.get(n, "")), v) for n, v in now.items()] + \
                  [(n, v, v) for n, v in first.items() if n not in now and n not in known]
            known |= {**first, **now}

    def _stepping(self) -> Stepping:
        names = list(dict.fromkeys(name for changes in self.changes for name, _, _ in changes))
        first = {}
        for name, was, _ in (change for changes in self.changes for change in changes):
            first.setdefault(name, was)
        return Stepping(
            rows={"head": len(self.steps), "skipped": 0, "top": TOP, "row": ROW, "bottom": svg.number(self.bottom)},
            values=tuple((visible(name), visible(first[name])) for name in names),
            changes=tuple({names.index(name): visible(now) for name, _, now in changes} for changes in self.changes),
            lines=tuple(step["line"] for step in self.steps))

    # shapes

    @property
    def width(self) -> float:
        return self._right + CHANGES * COLUMN + MARGIN

    @property
    def _right(self) -> float:
        """Where the column of changes begins."""
        wide = max([cells(label) + 4 for label in self.labels] + [24]) * COLUMN
        return self._x(self.deepest) + 14 + wide + 30

    def _x(self, depth: int) -> float:
        return NUMBERS + 22 + INDENT * min(depth, 6)

    def _y(self, number: int) -> float:
        return TOP + ROW * (number + 1) + ROW / 2

    def _paper(self) -> str:
        rows = "".join(f"M0 {svg.number(self._y(n))}h{svg.number(self.width)}" for n in range(1, len(self.steps), 2))
        band = svg.tag("rect", x=0, y=0, width=self.width, height=ROW, kind="band", fill="none")
        return svg.tag("path", d=rows, kind="zebra", stroke_width=ROW) + band

    def _head(self) -> str:
        name = "your program"
        pill = svg.tag("rect", x=self._x(0) - 12, y=14, width=len(name) * 8.6 + 16, height=26, rx=13, kind="pill")
        words = svg.text(self._x(0) - 2, 27, name, "h") + svg.text(self._right, 27, "what changed", "q")
        return svg.tag("g", pill + words, kind="c0")

    def _nests(self) -> Iterator[str]:
        """Your program as a line from top to bottom, and each handler as a box inside it."""
        x = self._x(0)
        yield svg.tag("g", svg.tag("path", d=f"M{svg.number(x)} 40V{svg.number(self.bottom)}", kind="lane"), kind="c0")
        opened: list[int] = []
        for number, step in enumerate(self.steps):
            if step["what"] == "handler":
                opened.append(number)
            elif step["what"] == "back" and opened:
                yield self._nest(opened.pop(), self._y(number) + ROW / 2 - 3)
        for number in opened:
            yield self._nest(number, self.bottom - 2)

    def _nest(self, first: int, bottom: float) -> str:
        depth = self.steps[first]["depth"]
        x, top = self._x(depth), self._y(first) - ROW / 2 + 3
        paused = svg.hatched(self._x(depth - 1), top, bottom, _colour(depth - 1))
        box = svg.tag("rect", x=x - 14, y=top, width=self._right - x - 4 - 8 * depth, height=bottom - top, rx=8,
                      kind="pill", fill_opacity=0)
        line = svg.tag("path", d=f"M{svg.number(x)} {svg.number(top + 12)}V{svg.number(bottom - 4)}", kind="lane")
        return paused + svg.tag("g", box + line, kind=_colour(depth))

    def _row(self, number: int) -> str:
        step, y = self.steps[number], self._y(number)
        x = self._x(step["depth"])
        at = svg.text(x + 12, y, f"{step['line']:>3}", "n") if step["what"] == "line" else ""
        kind = {"strike": "h x", "line": "o"}.get(step["what"], "q")
        words = svg.text(x + (40 if at else 14), y, self.labels[number], kind)
        parts = [svg.tag("title", svg.escaped(self._sentence(number))), svg.text(NUMBERS - 14, y, number + 1, "n r"),
                 _sign(step["what"], x, y), at, words, self._changed(number, y)]
        return svg.tag("g", "".join(parts), kind=_colour(step["depth"]))

    def _changed(self, number: int, y: float) -> str:
        said = ", ".join(f"{name} {was} → {now}" if was and was != now else f"{name} = {now}"
                         for name, was, now in self.changes[number] if was != now)
        return svg.text(self._right, y, clipped(visible(said), CHANGES), "v") if said else ""

    def _end(self) -> str:
        y = self.bottom + ROW / 2
        most = int((self.width - self._x(0) - 24) / SMALL)
        return svg.tag("g", _cross(self._x(0), y) + svg.text(self._x(0) + 14, y, clipped(visible(self.ending), most), "h"), kind="c0")


def _colour(depth: int) -> str:
    return f"c{min(depth, svg.COLOURS - 1)}"


def _sign(what: str, x: float, y: float) -> str:
    if what == "strike":
        bolt = f"M{svg.number(x + 3)} {svg.number(y - 9)}l-7 10h5l-3 9l8-11h-5l4-8z"
        return svg.tag("path", d=bolt, kind="tip bad")
    return svg.tag("circle", cx=x, cy=y, r=4 if what == "line" else 5, kind="give" if what == "line" else "take")


def _cross(x: float, y: float) -> str:
    return svg.tag("path", d=f"M{svg.number(x - 5)} {svg.number(y - 5)}l10 10m0-10l-10 10", kind="fail")
