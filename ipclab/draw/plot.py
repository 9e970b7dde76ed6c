"""From matplotlib to a drawing as the other pictures are: no ids, the page's colours, text as text, equal bytes.

    figure, (left, right) = panels(640, 320, 2)
    left.plot(…, **line(0))
    drawing(figure, "what it is", "what it shows")

Lines differ in colour, in dashes and in marks, so that each is told from the others on grey paper as well.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from functools import cache
from typing import Any
from xml.etree import ElementTree

from . import svg
from .picture import package_file

__all__ = ["GRID", "INK", "LINE", "PAPER", "QUIET", "colour", "drawing", "legend", "line", "panels", "points"]

HREF = "{http://www.w3.org/1999/xlink}href"
SETTINGS = {"svg.fonttype": "none", "svg.hashsalt": "ipclab", "font.family": "DejaVu Sans", "font.size": 12,
            "path.simplify": False, "mathtext.default": "regular"}
DASHES = ("-", (0, (6, 2)), (0, (2, 1.6)), (0, (8, 2, 2, 2)), (0, (4, 1.5, 1.5, 1.5, 1.5, 1.5)), (0, (12, 3)))
MARKS = "osD^vPX*<>"


@cache
def _inks() -> dict[str, str]:
    return dict(re.findall(r"--ipc-(\w+): light-dark\((#\w+),", package_file("ink.css")))


def colour(name: object) -> str:
    """The light colour of ink.css with this name; `drawing` puts the name back, for dark pages have another one."""
    return _inks()[str(name)]


INK, QUIET, PAPER, GRID, LINE = map(colour, ("ink", "quiet", "paper", "grid", "line"))


def line(number: int) -> dict[str, Any]:
    """How the line `number` (0 to 9) looks: a mark of its own, and dashes that no other line of its colour has."""
    return {"color": colour(number % svg.COLOURS), "linestyle": DASHES[(number + number // svg.COLOURS) % len(DASHES)],
            "linewidth": 1.8, **points(number), "markersize": 6}


def points(number: int) -> dict[str, Any]:
    """Marks alone: every second one is hollow."""
    shade = colour(number % svg.COLOURS)
    return {"marker": MARKS[number % len(MARKS)], "color": shade, "markeredgecolor": shade, "markeredgewidth": 1.6,
            "markerfacecolor": PAPER if number % 2 else shade}


def panels(width: float, height: float, columns: int = 1, rows: int = 1, **spacing: float):
    """An empty figure of so many pixels and its axes, with a quiet grid and no frame."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(SETTINGS):
        figure = Figure(figsize=(width / 72, height / 72), dpi=72)       # so that a point is a pixel
        axes = figure.subplots(rows, columns, squeeze=False, gridspec_kw=spacing).flatten()
    figure.patch.set_visible(False)
    for axis in axes:
        axis.patch.set_visible(False)
        axis.set_axisbelow(True)
        axis.tick_params(length=0, which="both", labelsize=11.5, labelcolor=QUIET)
        axis.grid(color=LINE, linewidth=.7)
        axis.minorticks_off()
        axis.spines[:].set_visible(False)
    return figure, axes


def legend(figure: Any, handles: Iterable, names: Iterable[str], *, columns: int) -> None:
    """Which line is which, below the panels."""
    shown = figure.legend(list(handles), list(names), loc="lower center", ncols=columns, frameon=False,
                          fontsize=12 if columns > 2 else 11.5, handlelength=2.8, columnspacing=.9, handletextpad=.6,
                          labelspacing=.45, borderaxespad=.2)
    for text in shown.get_texts():
        text.set_color(INK)


def drawing(figure: Any, label: str, description: str) -> str:
    """The figure as the drawing of a `Picture`. Equal figures give equal bytes."""
    import matplotlib

    width, height = figure.get_size_inches() * 72
    with matplotlib.rc_context(SETTINGS):
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    root = ElementTree.fromstring(out.getvalue())
    shapes = {e.get("id"): e for e in root.iter() if e.get("id")}
    return svg.document(width, height, label, description, "".join(_flat(root, shapes)))


def _flat(element, shapes: dict, place: str = "", in_defs: bool = False) -> Iterable[str]:
    """Every path and word in drawing order; what matplotlib keeps in one place and uses in others stands in each."""
    kind = element.tag.rpartition("}")[2]
    place = " ".join(filter(None, [place, element.get("transform", "")])) if kind == "g" else place
    if kind == "path" and not in_defs:
        yield _path(element.get("d"), element.get("style"), place)
    elif kind == "use":
        shape = shapes[element.get(HREF)[1:]]
        at = f"translate({_short(element.get('x', '0'))} {_short(element.get('y', '0'))})"
        yield _path(shape.get("d"), element.get("style") or shape.get("style"), " ".join(filter(None, [place, at])))
    elif kind == "text":
        yield _text(element, place)
    for child in element:
        yield from _flat(child, shapes, place, in_defs or kind == "defs")


def _path(shape: str, style: str | None, place: str) -> str:
    style = re.sub(r"; stroke-(linecap|linejoin|dashoffset|miterlimit): [\w.]+", "", style or "")
    return svg.tag("path", d=_short(" ".join(shape.split())), style=_coloured(style), transform=place)


def _text(element, place: str) -> str:
    style = element.get("style", "")
    size, anchor = re.search(r"([\d.]+)px", style)[1], re.search(r"text-anchor: (\w+)", style)
    weight = ";font-weight:600" if re.search(r"\b(bold|700|600)\b", style) else ""
    fill = re.search(r"fill: (#\w+)", style)
    style = f"font-size:{size}px{weight}" + (f";fill:{fill[1]}" if fill else "")
    words = "".join(element.itertext()).strip()
    turn = element.get("transform", "")
    turned = "" if turn.startswith("rotate(-0 ") else turn
    kind = "s" + {"middle": " m", "end": " r"}.get(anchor[1] if anchor else "", "")
    return svg.tag("text", svg.escaped(words), x=float(element.get("x", 0)), y=float(element.get("y", 0)), kind=kind,
                   style=_coloured(style), transform=" ".join(filter(None, [place, _short(turned)])))


def _short(numbers: str) -> str:
    return re.sub(r"-?\d+\.\d+", lambda m: svg.number(float(m[0])), numbers)


def _coloured(style: str) -> str:
    named = {value: name for name, value in _inks().items()}
    return re.sub(r"#\w{6}", lambda m: f"var(--ipc-{named[m[0]]})" if m[0] in named else m[0], _short(style))
