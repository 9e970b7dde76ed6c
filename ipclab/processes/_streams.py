"""Standard output and error of a new process: nothing is held back, so none is lost or printed twice."""

from __future__ import annotations

import builtins
import io
import sys
from typing import Any

__all__ = ["install"]

_WRITE = 1 << 16                     # bytes of one write(2): what one datagram takes everywhere


def install() -> None:
    sys.stdout, sys.stderr = _text(1, "<stdout>"), _text(2, "<stderr>")
    builtins.print = _print_whole


class _Stream(io.FileIO):
    """Writes at once, in pieces that one datagram takes."""

    def write(self, data) -> int:
        data = memoryview(data).cast("B")
        for i in range(0, len(data), _WRITE):
            super().write(data[i:i + _WRITE])
        return len(data)


def _text(number: int, name: str) -> io.TextIOWrapper:
    stream = _Stream(number, "wb", closefd=False)
    stream.name = name
    return io.TextIOWrapper(stream, encoding="utf-8", errors="backslashreplace", write_through=True)


_print = builtins.print


def _print_whole(*values: Any, sep: str | None = " ", end: str | None = "\n", file: Any = None,
                 flush: bool = False) -> None:
    """print() with one write(2) a call, so that lines of two processes never mix."""
    text = io.StringIO()
    _print(*values, sep=sep, end=end, file=text)
    file = sys.stdout if file is None else file
    file.write(text.getvalue())
    if flush:
        file.flush()
