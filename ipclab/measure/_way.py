"""What every way of moving a message has in common."""

from __future__ import annotations

import contextlib
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from ..mechanisms import ledger, leftovers

__all__ = ["VARIANTS", "End", "Way", "Work", "in_parts", "messages_of", "named_at_first", "of_parts"]

VARIANTS = 4                         # messages that differ, sent in turn: a lost, doubled or stale one is noticed


class End(NamedTuple):
    """One process's side: a call that sends a message, one that waits for a message and returns its bytes."""

    send: Callable[[bytes], Any]
    receive: Callable[[], Any] | None


@dataclass(frozen=True)
class Work:
    """What a way is made for."""

    size: int                        # bytes of a message
    depth: int | None = None         # messages that may be under way where one chooses; None: one, strictly in turn


class Way:
    """A mechanism, ready for two processes: made before both are forked, then each asks for its end.

    Side 0 sends first (or alone), side 1 receives first. What lasts longer than its users has no name any more when the
    constructor returns, or is in the ledger.
    """

    kind = ""                        # the name of its loops in twin.c; "": it has no C twin
    has_depth = False                # does one choose how many messages may be under way?
    carries = True                   # a payload of any size; a signal does not
    latency = throughput = True      # what can be measured of it
    alone = False                    # is there no other process?

    def __init__(self, work: Work):
        self.size = work.size
        self.peer = 0                                      # the other side's pid, told after the fork
        self.closing = contextlib.ExitStack()
        try:
            self.make(work)
        except BaseException:
            self.close()
            raise

    def make(self, work: Work) -> None:
        """Make the kernel objects; hand to `closing` what takes each away."""
        raise NotImplementedError

    def end(self, side: int) -> End:
        """The two calls, in the process that makes them."""
        raise NotImplementedError

    def native(self, side: int) -> dict[str, int]:
        """The same for C: fields of its `struct end`."""
        raise NotImplementedError

    def messages(self) -> list[bytes]:
        return messages_of(self.size)

    def close(self) -> None:
        self.closing.close()


@contextlib.contextmanager
def named_at_first(kind: str, folder: str | os.PathLike = "/") -> Iterator[str]:
    """A name for what is opened at once by all who use it, and then has none any more.

    It is in the ledger before the thing is there: who is killed in between leaves nothing that a sweep does not find.
    """
    thing = ledger.Entry(kind, ledger.drawn_name(folder), ledger.BY_NAME)
    ledger.claim(thing.kind, thing.name, thing.proof)
    try:
        yield thing.name
    finally:
        leftovers.remove(thing)
        ledger.release(thing.kind, thing.name)


@cache
def messages_of(size: int) -> list[bytes]:
    """The payloads. No two agree in their first or last byte, so that a look at the ends tells them apart."""
    return [bytes([i]) + random.Random(i).randbytes(size - 2) + bytes([i]) if size > 1 else bytes([i])
            for i in range(VARIANTS)]


def in_parts(send: Callable[[Any], Any], size: int, part: int) -> Callable[[bytes], Any]:
    """`send` for messages that are larger than it takes at once."""
    if size <= part:
        return send

    def send_parts(message: bytes) -> None:
        for at in range(0, size, part):
            send(message[at:at + part])
    return send_parts


def of_parts(receive: Callable[[], bytes], size: int, part: int) -> Callable[[], bytes]:
    """`receive` for messages that come in parts."""
    if size <= part:
        return receive
    parts = range(0, size, part)
    return lambda: b"".join([receive() for _ in parts])
