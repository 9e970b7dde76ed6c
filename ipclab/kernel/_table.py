"""How the views print: one row per thing, columns aligned, nothing else."""

from __future__ import annotations

from typing import ClassVar

__all__ = ["Row", "Table", "aligned"]


class Row:
    """A frozen dataclass that also prints as a line of a table: `columns` maps each heading to an attribute."""

    columns: ClassVar[dict[str, str]] = {}

    def __str__(self) -> str:
        return str(Table([self]))

    def cells(self) -> list[str]:
        return [_shown(getattr(self, attribute)) for attribute in self.columns.values()]


class Table(tuple):
    """A tuple of rows. Printed, or as the last line of a notebook cell, it is a table; so is a slice of it."""

    def __getitem__(self, which):
        found = super().__getitem__(which)
        return Table(found) if isinstance(which, slice) else found

    def __str__(self) -> str:
        if not self:
            return "(none)"
        return aligned([list(self[0].columns), *(row.cells() for row in self)])

    __repr__ = __str__


def aligned(lines: list[list[str]]) -> str:
    """Lines of cells as text with every column as wide as its widest cell."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "\n".join(line.rstrip() for line in padded)


def _shown(value: object) -> str:
    if value is None or value == ():
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value)
