"""Text fit for a picture: visible, measured, shortened."""

from __future__ import annotations

import unicodedata
from html import escape

__all__ = ["cells", "clipped", "data", "escaped", "visible"]


def visible(text: object) -> str:
    """`text` with everything that would not show, or would reorder what does, written as an escape."""
    text = str(text)
    if text.isprintable():                                 # nearly all of them, and a long trace has many
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def escaped(text: object) -> str:
    """`visible` text for HTML and SVG, inside elements and attributes alike."""
    return escape(visible(text))


def cells(text: str) -> int:
    """How many columns of a fixed-width font it takes: Chinese characters take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def clipped(text: str, most: int) -> str:
    """At most `most` columns of it, the last of them "…" if something is missing."""
    if cells(text) <= most:
        return text
    while cells(text) > most - 1:
        text = text[:-1]
    return text + "…"


def data(value: object, most: int = 40) -> str:
    """A value that travels, as Python writes it; a long text keeps its closing quotation mark."""
    text = visible(repr(value))
    return text if cells(text) <= most else clipped(text, most - 1) + (text[-1] if text[-1] in "'\"" else "")
