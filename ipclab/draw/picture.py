"""A picture: an SVG drawing, the same in words, and, where it has steps, a little script to step through it.

The drawing is whole without the script, on paper and for a screen reader. It carries no ids, so any number of pictures,
also equal ones, fit on one page, and equal traces give equal bytes.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from .text import escaped, visible
from .words import fold, listing

__all__ = ["Picture", "Stepping", "package_file"]

UNTRUSTED = "The drawing appears once you trust this notebook (command “Trust Notebook”). Below is the same in words."
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
</head><body><main>{figure}</main></body></html>
"""


@dataclass(frozen=True)
class Stepping:
    """What step.js needs: where each step's row is, and what each step changes in the table of values."""

    rows: dict[str, object]
    values: tuple[tuple[str, str], ...]      # name and first value
    changes: tuple[dict[int, str], ...]      # for each step, the new values by their place in `values`
    lines: tuple[int, ...] = ()              # for each step, the line of `Picture.code` that it is at, 0 for none


@dataclass(frozen=True)
class Picture:
    """What a drawer returns. As the last line of a cell it shows itself.

    `svg` stands alone, in light colours, for slides and papers; `html` is a fragment that follows the page's light or
    dark theme; `text` says everything in words.
    """

    drawing: str                             # an <svg> whose colours are the CSS variables of ink.css
    title: str
    summary: str                             # two or three sentences: what there is to see
    lines: tuple[str, ...] = ()              # the rest in words, a step or a row each
    stepping: Stepping | None = None         # None: there is nothing to step through
    code: str = ""                           # a program to stand beside the drawing
    narrow: str = ""                         # the drawing laid out for a phone; "": it scrolls there

    @property
    def text(self) -> str:
        """All that the picture shows, in words."""
        numbered = [f"{i}. {line}" for i, line in enumerate(self.lines, 1)] if self.stepping else self.lines
        return "\n".join([f"{visible(self.title)}. {self.summary}", *numbered])

    @property
    def svg(self) -> str:
        """A drawing that stands alone, in light colours."""
        colours = dict(re.findall(r"--ipc-(\w+): light-dark\((#\w+),", package_file("ink.css")))
        style = package_file("ink.css").partition("}\n")[2]
        alone = self.drawing.replace("<svg ", '<svg class="ipc" ', 1).replace(">", f"><style>{style}</style>", 1)
        return re.sub(r"var\(--ipc-(\w+)\)", lambda m: colours[m[1]], alone)

    @property
    def html(self) -> str:
        """A fragment of a page, which follows the page's light or dark theme."""
        return self._figure("span")

    def save(self, path: str | Path) -> Path:
        """Write a page of its own that needs nothing else, not even a network."""
        path = Path(path)
        path.write_text(PAGE.format(title=escaped(self.title), figure=self._figure("h1")), encoding="utf-8")
        return path

    def _figure(self, heading: str) -> str:
        # `hidden` is for places that take away the style, and with it the drawing's shape: an untrusted notebook.
        title, (steps, changes, script) = escaped(self.title), self._live()
        return (f'<figure class="ipc" lang="en" dir="ltr" data-lm-suppress-shortcuts="true"{steps}>'
                f"<figcaption><{heading}>{title}</{heading}></figcaption>"
                f"<style>{package_file('ink.css')}{package_file('figure.css')}</style>"
                f'<div class="ipc-both">{_program(self.code)}'
                f'<div class="ipc-view" hidden="hidden" tabindex="0" role="group" aria-label="{title}, drawing">'
                f'{self._drawings()}</div><p class="ipc-untrusted">{UNTRUSTED}</p></div>'
                f"{listing(self.summary, self.lines, changes, self._at())}{script}</figure>")

    def _drawings(self) -> str:
        """Both layouts, of which the style shows one."""
        narrow = f'<div class="ipc-narrow">{self.narrow}</div>'
        return f'<div class="ipc-wide">{self.drawing}</div>{narrow}' if self.narrow else self.drawing

    def _live(self) -> tuple[str, tuple | None, str]:
        """The attributes that step.js reads, the steps' changes, and the script itself."""
        if self.stepping is None or not self.lines:
            return "", None, ""
        lines, missing = fold(self.lines)
        numbers = {**self.stepping.rows, "last": len(self.lines), "lines": lines, "missing": max(missing - 1, 0)}
        numbers["values"] = escaped(json.dumps(self.stepping.values, ensure_ascii=False))
        attributes = "".join(f' data-{name}="{value}"' for name, value in numbers.items())
        return attributes, self.stepping.changes, f"<script>{package_file('step.js')}</script>"

    def _at(self) -> tuple[int, ...]:
        return self.stepping.lines if self.stepping else ()

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}

    def __repr__(self) -> str:
        return self.text


def _program(code: str) -> str:
    """The program's lines, numbered from 1 and without the empty ones at its beginning."""
    lines = list(enumerate(code.rstrip().split("\n"), start=1))
    while lines and not lines[0][1].strip():
        lines.pop(0)
    shown = "".join(f'<span data-n="{n}"><i>{n}</i>{escaped(line) or " "}</span>' for n, line in lines)
    return f'<pre class="ipc-code" tabindex="0" role="group" aria-label="The program">{shown}</pre>' if lines else ""


@cache
def package_file(name: str) -> str:
    """A package data file without its comments and indents."""
    source = re.sub(r"/\*.*?\*/", "", files(__package__).joinpath(name).read_text(encoding="utf-8"), flags=re.DOTALL)
    return "".join(line.strip() + "\n" for line in source.splitlines() if line.strip())
