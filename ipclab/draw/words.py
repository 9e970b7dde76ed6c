"""The list in words that stands below every drawing: for those who cannot see it, or want to search in it."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate

from .text import escaped

__all__ = ["fold", "listing"]

ROOM = 40_000                                            # bytes that a page has for it


def fold(lines: Sequence[str]) -> tuple[int, int]:
    """How many lines come before the fold, and how many are in it: (all, 0) if the page has room for all."""
    sizes = [len(escaped(line).encode()) + 25 for line in lines]
    if sum(sizes) <= ROOM:
        return len(sizes), 0
    head = bisect(list(accumulate(sizes)), ROOM * 2 // 3)
    tail = bisect(list(accumulate(reversed(sizes))), ROOM // 3)
    return head, len(sizes) - head - tail


def listing(summary: str, lines: Sequence[str], changes: Sequence[dict[int, str]] | None,
            at: Sequence[int] = ()) -> str:
    """The list as HTML. With `changes`, lines are numbered steps that tell the script what each of them changes;
    `at` are the lines of the program beside it."""
    kind = "ul" if changes is None else "ol"
    items = _items(lines, changes or [{}] * len(lines), at or [0] * len(lines))
    body = f"<{kind}>{''.join(items)}</{kind}>" if items else ""
    return f"<details><summary>The same in words</summary><p>{escaped(summary)}</p>{body}</details>"


def _items(lines: Sequence[str], changes: Sequence[dict[int, str]], at: Sequence[int]) -> list[str]:
    items = [_item(line, change, f' data-at="{n}"' if n else "") for line, change, n in
             zip(lines, changes, at, strict=True)]
    head, missing = fold(lines)
    if missing:
        resumed = head + missing
        net = {place: value for change in changes[head:resumed] for place, value in change.items()}
        stub = _item(f"{missing} lines are left out here; the picture's .text has them all.", net)
        last = [_item(lines[n], changes[n], f' value="{n + 1}"') for n in range(resumed, min(resumed + 1, len(lines)))]
        items[head:resumed + 1] = [stub, *last]
    return items


def _item(line: str, change: dict[int, str], more: str = "") -> str:
    told = "&#10;".join(f"{place}:{escaped(value)}" for place, value in change.items())
    return f"<li{more}" + (f' data-v="{told}"' if told else "") + f">{escaped(line)}</li>"
