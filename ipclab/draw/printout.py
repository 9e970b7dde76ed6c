"""What the processes of a program printed, in order, each line with the name of its writer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from .picture import package_file
from .svg import COLOURS
from .text import cells, escaped, visible

__all__ = ["Printout", "printout"]


@dataclass(frozen=True)
class Printout:
    """As the last line of a cell it shows itself. `rows`: who wrote, on which stream, and what, in order."""

    rows: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...] = ()              # how it ended, if not well

    @property
    def text(self) -> str:
        """Who wrote what, as lines of text."""
        names = {row: f"{row[0]} (stderr)" if row[1] == "stderr" else row[0] for row in self.rows}
        width = max(map(cells, names.values()), default=0)
        said = [f"{names[row]:<{width}} | {line}" for row in self.rows for line in _lines(row[2])]
        plain = [line for row in self.rows for line in _lines(row[2])] if self._one_voice() else said
        return "\n".join([*plain, *(visible(note) for note in self.notes)])

    @property
    def html(self) -> str:
        """The same as a table for a page."""
        colours = {name: f"c{i % COLOURS}" for i, name in enumerate(dict.fromkeys(row[0] for row in self.rows))}
        body = "".join(_row(*row, colours[row[0]]) for row in self.rows)
        notes = "".join(f"<p>{escaped(note)}</p>" for note in self.notes)
        style = package_file("ink.css") + package_file("figure.css") + package_file("printout.css")
        return (f'<figure class="ipc ipc-printout" lang="en" dir="ltr"><style>{style}</style>'
                f'<table aria-label="What each process printed, in order"><tbody>{body}</tbody></table>'
                f"{notes}</figure>")

    def _one_voice(self) -> bool:
        return len({row[:2] for row in self.rows}) == 1

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/plain": self.text} | ({} if self._one_voice() and not self.notes else {"text/html": self.html})

    def __repr__(self) -> str:
        return self.text


def printout(printed: Iterable, names: dict[int, str], notes: Iterable[str] = ()) -> Printout:
    """`printed`: things with `pid`, `stream` and `text`. A pid that has no name in `names` is a child, numbered in the
    order in which they first print."""
    names, rows = dict(names), []
    given = len(names)
    for piece in printed:
        name = names.setdefault(piece.pid, f"child {len(names) - given + 1}")
        if rows and rows[-1][:2] == (name, piece.stream):
            rows[-1] = (name, piece.stream, rows[-1][2] + piece.text)
        else:
            rows.append((name, piece.stream, piece.text))
    return Printout(tuple(rows), tuple(notes))


def _lines(text: str) -> list[str]:
    """Lines as a terminal shows them, with control characters made visible; only a tab stays one."""
    return ["\t".join(map(visible, line.split("\t"))) for line in text.removesuffix("\n").split("\n")]


def _row(name: str, stream: str, text: str, colour: str) -> str:
    mark = "<small>stderr</small>" if stream == "stderr" else ""
    said = escape("\n".join(_lines(text)))
    return f'<tr class="{colour}"><th scope="row">{escaped(name)}{mark}</th><td><pre>{said}</pre></td></tr>'
