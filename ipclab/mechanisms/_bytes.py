"""What pipes, FIFOs and sockets have in common: waiting for bytes within a time, counting them, cutting them."""

from __future__ import annotations

import fcntl
import math
import select
import sys
import termios
import time
from collections.abc import Iterator
from typing import Any

from ._object import seconds

__all__ = ["ATOMIC", "CHUNK", "bytes_waiting", "ready", "size_given", "slices", "turns"]

ATOMIC = select.PIPE_BUF        # bytes: a write of at most so many is never torn by another writer's (pipe(7)); 4,096
LONGEST = 2**31 - 1             # milliseconds that poll(2) can wait
CHUNK = 65536                   # bytes that a read takes at most when it is not told


def turns(descriptor: int, events: int, timeout: float) -> Iterator[None]:
    """Once now, and again whenever one of `events` has come, until `timeout` seconds are over: try then what never
    waits. It may still fail, for another process may have been quicker."""
    deadline = time.monotonic() + seconds(timeout)
    yield
    while ready(descriptor, events, deadline - time.monotonic()) or time.monotonic() < deadline:
        yield


def ready(descriptor: int, events: int, left: float | None = 0) -> bool:
    """Wait at most `left` seconds (None: for ever) for one of `events`, an error or a hang-up; poll(2)."""
    poll = select.poll()
    poll.register(descriptor, events)
    return bool(poll.poll(None if left is None else min(max(0, math.ceil(left * 1000)), LONGEST)))


def bytes_waiting(descriptor: int) -> int:
    return int.from_bytes(fcntl.ioctl(descriptor, termios.FIONREAD, bytes(4)), sys.byteorder)


def size_given(self, args: tuple, result: object) -> int:
    """The size of what was given: the bytes of the first argument."""
    return memoryview(args[0]).nbytes


def slices(self, data: Any, *rest: Any) -> Iterator[tuple]:
    """The writes of at most ATOMIC bytes that a longer one is made of."""
    try:
        view = memoryview(data).cast("B")
    except TypeError:
        yield data, *rest
        return
    for start in range(0, max(1, len(view)), ATOMIC):
        yield view[start:start + ATOMIC], *rest
