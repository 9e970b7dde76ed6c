"""What a solution sees of a kernel object: its operations, and nothing that would go round their gate.

The explorer knows of two processes only what passes the gate. So a solution must not have the object itself, whose
`view` and `state()` look at the kernel directly.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from .. import errors
from ..gate import operations
from ..mechanisms._object import KernelObject
from ..mechanisms._streams import End, ReadEnd
from ..mechanisms.semaphores import PosixSemaphore, Semaphore
from ..mechanisms.shared_memory import SharedArray, SharedInteger
from .story import Group

__all__ = ["shown", "telling"]


def shown(value: Any) -> Any:
    """`value`, with every kernel object in its lists and dicts as a solution may see it."""
    if isinstance(value, KernelObject):
        return next((kind for real, kind in _KINDS.items() if isinstance(value, real)), _Shown)(value)
    if isinstance(value, list | tuple):
        return type(value)(map(shown, value))
    if isinstance(value, dict):
        return {key: shown(each) for key, each in value.items()}
    if isinstance(value, Group):
        return Group(**shown(vars(value)))
    return value


class _Shown:
    """Has the bound operations only: whoever comes at its private parts finds nothing else."""

    __slots__ = ("_has",)
    _also: tuple[str, ...] = ()

    def __init__(self, real: KernelObject):
        names = [*operations(type(real)), *self._also]
        object.__setattr__(self, "_has", MappingProxyType({name: getattr(real, name) for name in names}))

    def __getattr__(self, name: str) -> Any:
        try:
            return self._has[name]
        except KeyError:
            raise AttributeError(f"in this lab it has no {name!r}, only {', '.join(self._has)}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{name!r} cannot be set here; use {', '.join(self._has)}")


class _Counter(_Shown):
    __slots__ = ()

    def held(self) -> _Counter:
        return self

    def __enter__(self) -> None:
        self.P()

    def __exit__(self, *_: object) -> None:
        self.V()


class _Integer(_Shown):
    __slots__ = ()

    @property
    def value(self) -> int:
        return self.load()

    def __setattr__(self, name: str, value: Any) -> None:
        if name != "value":
            super().__setattr__(name, value)
        self.store(value)


class _Array(_Shown):
    __slots__ = ()
    _also = ("__len__",)

    def __len__(self) -> int:
        return self._has["__len__"]()

    def __getitem__(self, i: int) -> int:
        return self._has["load"](i)

    def __setitem__(self, i: int, value: int) -> None:
        self._has["store"](i, value)

    def __iter__(self) -> Any:
        return (self.load(i) for i in range(len(self)))


class _End(_Shown):
    __slots__ = ()

    def __enter__(self) -> _End:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _ReadEnd(_End):
    __slots__ = ()
    _also = ("read_exactly", "read_all")


_KINDS = {Semaphore: _Counter, PosixSemaphore: _Counter, SharedInteger: _Integer, SharedArray: _Array,
          ReadEnd: _ReadEnd, End: _End}


def telling(group: Group, bell: _Counter) -> Group:
    """See `Interleavings.telling`."""
    told: list[bool] = []                                # shared by all of them: only the first wait is told

    def each(value: Any) -> Any:
        return [*map(each, value)] if isinstance(value, list) else _Telling(value, bell, told)

    return Group(**{name: each(value) for name, value in vars(group).items()})


class _Telling:
    """A semaphore that rings before the first wait. Whether it would have to wait is asked by a step that does not."""

    __slots__ = ("V", "P_nowait", "_semaphore", "_bell", "_told")

    def __init__(self, semaphore: _Counter, bell: _Counter, told: list[bool]):
        self.V, self.P_nowait = semaphore.V, semaphore.P_nowait
        self._semaphore, self._bell, self._told = semaphore, bell, told

    def P(self) -> None:
        if not self._told:
            try:
                return self._semaphore.P_nowait()
            except errors.WouldBlock:
                self._told.append(True)
                self._bell.V()
        self._semaphore.P()

    def held(self) -> _Telling:
        return self

    def __enter__(self) -> None:
        self.P()

    def __exit__(self, *_: object) -> None:
        self.V()
