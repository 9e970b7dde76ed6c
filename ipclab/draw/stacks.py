"""Two things in memory, drawn: a message queue's linked list, and a user stack before and during a handler."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..kernel import MessageQueue
from . import svg
from .columns import Box, Link, linked
from .picture import Picture
from .text import cells, data, visible

__all__ = ["StackPart", "message_list", "user_stack"]

MARGIN, TOP, TALL, BETWEEN = 12, 44, 38, 106             # BETWEEN: room for an address and the stack pointer's arrow
SHOWN = 6                                                # messages; a longer list is cut


def message_list(queue: MessageQueue, listed: Sequence[tuple[bytes, int]], *,
                 title: str = "The queue's linked list") -> Picture:
    """A System V queue as `kernel.sysv_tables()` has it, and its messages with their types in the order of the kernel's
    list, as `MessageQueue.listed()` finds them: each leads to the one that came after it."""
    head = Box(0, (f"queue {queue.id}", f"messages {queue.messages}, bytes {queue.bytes:,}"), "c0")
    boxes = [Box(n, (f"type {kind}", data(message, 16), _bytes(len(message))), "c2")
             for n, (message, kind) in enumerate(listed[:SHOWN], 1)]
    more = [Box(SHOWN + 1, (f"{len(listed) - SHOWN} more",))] if len(listed) > SHOWN else []
    chain = [head, *boxes, *more]
    names = ["head", "first", *[""] * (len(chain) - 3), "last"][:len(chain)]
    links = [Link(a.key, b.key, "msg", "c0") for a, b in zip(chain, chain[1:], strict=False)]
    body, width, height = linked([(name, [box]) for name, box in zip(names, chain, strict=True)], links,
                                 ["receive walks along the arrows; send hangs a message on behind the last"],
                                 between=40)
    summary = f"Queue {queue.id}: messages {queue.messages}, bytes {queue.bytes:,}; in its list {len(listed)}."
    lines = [f"Message {n} of the list: type {kind}, {_bytes(len(message))}, {data(message)}."
             for n, (message, kind) in enumerate(listed, 1)]
    return Picture(svg.document(width, height, f"Linked list: {title}", summary, body), title, summary, tuple(lines))


def _bytes(size: int) -> str:
    return f"{size:,} byte{'s' * (size != 1)}"


@dataclass(frozen=True)
class StackPart:
    """A part of a stack: what lies there, from which address up to but without which; None: up to its beginning."""

    what: str
    low: int
    high: int | None = None

    @property
    def size(self) -> str:
        """How much it takes, in words; "" without an end."""
        return "" if self.high is None else _bytes(self.high - self.low)


def user_stack(before: Sequence[StackPart], during: Sequence[StackPart], *,
               title: str = "The user stack before and during the handler") -> Picture:
    """Two looks at the stack of one process. Each has its parts from the highest address to the lowest, each part
    beginning where the one above it ends; the stack pointer stands below the last. Heights are not to scale."""
    looks = {"before": before, "during": during}
    wide = max(cells(visible(part.what)) for part in (*before, *during)) * 7.3 + 16
    body = "".join(_column(parts, name, MARGIN + i * (wide + BETWEEN), wide, len(before))
                   for i, (name, parts) in enumerate(looks.items()))
    height = TOP + TALL * max(map(len, looks.values())) + 30
    lowest = [parts[-1].low for parts in looks.values()]
    summary = (f"Before: parts {len(before)}, stack pointer {lowest[0]:#x}. During: parts {len(during)}, stack pointer "
               f"{lowest[1]:#x}, {lowest[0] - lowest[1]:,} bytes further down.")
    lines = [f"{name.capitalize()}: {visible(part.what)}{f', {part.size},' if part.size else ''} from {part.low:#x} up."
             for name, parts in looks.items() for part in parts]
    return Picture(svg.document(2 * (wide + BETWEEN) + MARGIN, height, f"User stack: {title}", summary, body), title,
                   summary, tuple(lines))


def _column(parts: Sequence[StackPart], name: str, x: float, wide: float, old: int) -> str:
    drawn = [svg.text(x, 22, name, "h"), svg.text(x + wide, 22, "high addresses", "q r")]
    for i, part in enumerate(parts):
        y, colour = TOP + TALL * i, "c5" if i < old else "c1" if i == len(parts) - 1 else "c0"
        frame = svg.tag("rect", x=float(x), y=y, width=float(wide), height=TALL, kind="pill")
        words = svg.text(x + 8, y + (12 if part.size else 19), visible(part.what)) + \
            (svg.text(x + 8, y + 27, part.size, "q") if part.size else "")
        drawn += [svg.tag("g", frame + words, kind=colour), svg.text(x + wide + 8, y + TALL - 8, f"{part.low:#x}", "n")]
    bottom = TOP + TALL * len(parts)
    arrow = svg.tag("path", d=f"M{svg.number(x + wide + 24)} {bottom + 10}H{svg.number(x + wide + 8)}", kind="msg")
    drawn.append(svg.tag("g", arrow + svg.arrow_tip(x + wide + 2, bottom + 10, -1, 0), kind="c3"))
    return "".join([*drawn, svg.text(x + wide + 28, bottom + 10, "stack pointer", "q")])
