"""The few shapes of which the pictures are made, as SVG text; numbers rounded so that equal input gives equal bytes."""

from __future__ import annotations

from html import escape

from .text import escaped

__all__ = ["COLOURS", "arrow_tip", "document", "hatched", "number", "tag", "text"]

COLOURS = 6                                              # classes c0 … c5 of ink.css


def number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def tag(name: str, content: str = "", /, **attributes: object) -> str:
    """An element. `content` is markup already; attributes are escaped here, and `kind` stands for class."""
    attributes = {"class" if k == "kind" else k.replace("_", "-"): v for k, v in attributes.items()}
    words = [f'{k}="{number(v) if isinstance(v, float) else escape(str(v))}"' for k, v in attributes.items() if v != ""]
    start = " ".join([name, *words])
    return f"<{start}>{content}</{name}>" if content else f"<{start}/>"


def text(x: float, y: float, words: object, kind: str = "") -> str:
    """Words with their baseline so that they look centred on `y`."""
    return tag("text", escaped(words), x=float(x), y=float(y + 4), kind=kind)


def hatched(x: float, top: float, bottom: float, colour: str, width: float = 9) -> str:
    """A bar of diagonal strokes around the line `x`."""
    left, strokes, y = x - width / 2, [], top + width
    while y <= bottom:
        strokes.append(f"M{number(left)} {number(y)}l{number(width)}-{number(width)}")
        y += 5
    bar = tag("rect", x=float(left), y=float(top), width=float(width), height=float(max(bottom - top, 0)), kind="wait")
    return tag("g", bar + tag("path", d="".join(strokes), kind="hatch"), kind=colour)


def arrow_tip(x: float, y: float, dx: int, dy: int, size: float = 7) -> str:
    """A triangle whose point is at (x, y) and which points along (dx, dy), each -1, 0 or 1."""
    scale = size * (0.75 if dx and dy else 1)
    back = x - dx * scale, y - dy * scale
    side = -dy * scale / 2, dx * scale / 2
    points = [(x, y), (back[0] + side[0], back[1] + side[1]), (back[0] - side[0], back[1] - side[1])]
    return tag("path", d="M" + "L".join(f"{number(a)} {number(b)}" for a, b in points) + "z", kind="tip")


def document(width: float, height: float, label: str, description: str, body: str) -> str:
    """The drawing as one image with a name and a description."""
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{number(width)}" height="{number(height)}" '
            f'viewBox="0 0 {number(width)} {number(height)}" role="img" aria-label="{escaped(label)}">'
            f"<desc>{escaped(description)}</desc>{body}</svg>")
