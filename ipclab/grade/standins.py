"""What a solution gets in place of the real thing, where that would reach further than it seems.

- `typing` evaluates text that it takes for an annotation. Here each of its names stands for nothing.
- `os.read` and the like take any descriptor. The lines to what watches the solution are descriptors, too.
- `functools.wraps` copies whatever attributes it is told to.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import os
from collections.abc import Callable
from typing import Any

from .rules import MODULES

__all__ = ["STAND_INS", "keep_what_is_open"]


class Hint:
    """A type for readers only: `Hint[...]` and `Hint | None` are the same again."""

    def __getitem__(self, of: Any) -> Hint:
        return self

    def __or__(self, other: Any) -> Hint:
        return self

    __ror__ = __or__


_theirs: set[int] = set()            # descriptors that a solution may not use


def keep_what_is_open() -> None:
    """From here on a solution may use only descriptors that are opened later, by it or for it."""
    for descriptor in map(int, os.listdir("/proc/self/fd")):
        with contextlib.suppress(OSError):   # the one with which that list was read is closed again
            os.fstat(descriptor)
            _theirs.add(descriptor)


def _guarded(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def guarded(descriptor: int, *rest: Any) -> Any:
        if type(descriptor) is not int:      # of a class of its own it could be two numbers
            raise TypeError("a descriptor is a whole number")
        if descriptor in _theirs:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return function(descriptor, *rest)

    return guarded


STAND_INS: dict[str, dict[str, Any]] = {
    "typing": dict.fromkeys(MODULES["typing"], Hint()),
    "os": {function.__name__: _guarded(function) for function in (os.read, os.write, os.close, os.set_blocking)},
    "functools": {"wraps": lambda wrapped: functools.wraps(wrapped)},
}
