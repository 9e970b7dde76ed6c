"""A signal's disposition: the handler that is noted in the trace when it runs, and the way back to the former one."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import Any

from .. import gate

__all__ = ["Former", "noted"]


class Former:
    """What `catch`, `ignore` and `default` return: as a with block, it puts the former disposition back at the end."""

    def __init__(self, of: Any, disposition: Any):
        self._of, self._disposition = of, disposition

    def __enter__(self) -> Any:
        return self._of

    def __exit__(self, *_: object) -> None:
        self._of.restore(self._disposition)


def noted(label: str, handler: Callable) -> Callable:
    """`handler`, which also leaves an event when it runs, and whose own operations pass the gate again."""
    @functools.wraps(handler, updated=())
    def on_arrival(signum: int, frame: Any) -> None:
        note = getattr(gate.current(), "note", None)
        if note is not None:
            note("handle", label, "take", os.getpid())
        with gate.outside():
            handler(signum, frame)

    return on_arrival
