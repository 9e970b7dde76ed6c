"""Columns of boxes with arrows between them: the layout that who-waits-for-whom, descriptors and page tables share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import svg
from .text import cells, clipped, visible

__all__ = ["Box", "Link", "linked"]

LINE, PAD, GAP, BETWEEN, TOP, MARGIN = 17, 9, 14, 96, 44, 16
LONGEST = 42                                             # columns of text in a box


@dataclass(frozen=True)
class Box:
    """`lines[0]` is its name, the others say more. Boxes with the same `group` stand close together."""

    key: object
    lines: tuple[str, ...]
    colour: str = "c5"
    group: object = None
    bold: bool = False


@dataclass(frozen=True)
class Link:
    """An arrow from box to box; `kind` is its class in ink.css."""

    start: object
    end: object
    kind: str = "msg"
    colour: str = "c5"


@dataclass(frozen=True)
class _Placed:
    box: Box
    column: int
    x: float
    y: float
    width: float
    height: float

    def anchor(self, right: bool, way: int, of: int) -> tuple[float, float]:
        """Where arrow number `way` of `of` meets its right or left side."""
        return self.x + self.width * right, self.y + self.height * (way + 1) / (of + 1)


def linked(columns: Sequence[tuple[str, Sequence[Box]]], links: Sequence[Link], footer: Sequence[str] = (),
           between: int = BETWEEN):
    """The drawing's body with its width and height. Each column has a heading; `footer` lines stand below; `between`
    columns there is so much room for arrows."""
    placed, heads, x = {}, [], MARGIN
    tall = max((_height(boxes) for _, boxes in columns), default=0)
    for number, (heading, boxes) in enumerate(columns):
        wide = max([cells(heading) * 7.2, *map(_width, boxes), 40])
        placed |= {(number, p.box.key): p for p in _stack(boxes, number, x, wide, tall)}
        heads.append(svg.text(x, 22, heading, "q"))
        x += wide + between
    width = max([x - between, *(cells(line) * 6.6 + MARGIN for line in footer)]) + MARGIN
    foot = [svg.text(MARGIN, TOP + tall + 22 + 18 * i, line, "q") for i, line in enumerate(footer)]
    body = [*heads, *_arrows(links, placed), *map(_drawn, placed.values()), *foot]
    return "".join(body), width, TOP + tall + 22 + 18 * len(footer)


def _height(boxes: Sequence[Box]) -> float:
    return sum(map(_tall, boxes)) + sum(_gap(a, b) for a, b in zip(boxes, boxes[1:], strict=False))


def _tall(box: Box) -> float:
    return 2 * PAD + LINE * len(box.lines) - 4


def _gap(above: Box, below: Box) -> float:
    return 0 if above.group is not None and above.group == below.group else GAP


def _width(box: Box) -> float:
    name, *more = (cells(clipped(visible(line), LONGEST)) for line in box.lines)
    return max([name * 8.6, *(columns * 7.25 for columns in more)]) + 24


def _stack(boxes: Sequence[Box], column: int, x: float, width: float, tall: float):
    y = TOP + (tall - _height(boxes)) / 2
    for box, below in zip(boxes, [*boxes[1:], None], strict=True):
        yield _Placed(box, column, x, y, width, _tall(box))
        y += _tall(box) + (_gap(box, below) if below else 0)


def _drawn(place: _Placed) -> str:
    box = place.box
    frame = svg.tag("rect", x=place.x, y=place.y, width=place.width, height=place.height, rx=5,
                    kind="pill", stroke_width=3 if box.bold else "")
    words = [svg.text(place.x + 12, place.y + PAD + 6 + LINE * i, clipped(visible(line), LONGEST), "q" if i else "h")
             for i, line in enumerate(box.lines)]
    return svg.tag("g", frame + "".join(words), kind=box.colour)


def _arrows(links: Sequence[Link], placed: dict):
    """Each box's arrows meet it side by side, sorted by where they come from, so that few of them cross."""
    ends = [(link, *_ends(link, placed)) for link in links]
    for link, start, end in ends:
        forward = start.column < end.column
        yield svg.tag("g", _curve(_meet(start, forward, link, ends), _meet(end, not forward, link, ends), link.kind,
                                  forward), kind=link.colour)


def _ends(link: Link, placed: dict) -> tuple[_Placed, _Placed]:
    """The two boxes; a key may stand in several columns: the nearest pair counts."""
    starts, ends = ([p for (_, key), p in placed.items() if key == wanted] for wanted in (link.start, link.end))
    return min(((a, b) for a in starts for b in ends), key=lambda pair: abs(pair[0].column - pair[1].column))


def _meet(place: _Placed, right: bool, link: Link, ends: list) -> tuple[float, float]:
    side = []
    for other, start, end in ends:
        forward = start.column < end.column
        if start is place and forward == right:
            side.append((end.y, other.kind, other))
        if end is place and (not forward) == right:
            side.append((start.y, other.kind, other))
    order = [each[-1] for each in sorted(side, key=lambda s: (s[0], s[1]))]
    return place.anchor(right, next(i for i, each in enumerate(order) if each is link), len(order))


def _curve(start: tuple[float, float], end: tuple[float, float], kind: str, forward: bool) -> str:
    (x, y), (to_x, to_y), side, n = start, end, 1 if forward else -1, svg.number
    stop, bend = to_x - side * 6, side * min(abs(to_x - x) / 2, 60)
    path = f"M{n(x)} {n(y)}C{n(x + bend)} {n(y)} {n(stop - bend)} {n(to_y)} {n(stop)} {n(to_y)}"
    return svg.tag("path", d=path, kind=kind) + svg.arrow_tip(to_x, to_y, side, 0, 8)
