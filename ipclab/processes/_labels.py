"""Names for kernel objects that have none: a process knows each by the parameter, or variable, that holds it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .. import errors
from ..mechanisms._object import KernelObject

__all__ = ["bound", "label", "name_of"]


def name_of(function: Callable) -> str:
    function = getattr(function, "func", function)                     # of a functools.partial
    return getattr(function, "__name__", type(function).__name__).strip("<>")


def bound(function: Callable, args: tuple, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Parameter name → argument. Raises Misuse if they do not fit."""
    try:
        signature = inspect.signature(function)
    except ValueError:                                                 # a builtin that does not tell
        return {str(i): arg for i, arg in enumerate(args)} | kwargs
    try:
        return signature.bind(*args, **kwargs).arguments
    except TypeError as error:
        name = name_of(function)
        raise errors.Misuse("process", f"function {name!r}", hint=f"It takes {name}{signature}, but: {error}. Give the "
                            f"arguments after the function: process({name}, …).") from None


def label(calls: Iterable[tuple[Callable, tuple, dict[str, Any]]]) -> None:
    """Give each object without a label of its own the name by which the first process gets it; no two get the same."""
    received = [pair for call in calls for name, value in _received(*call) for pair in _objects(name, value)]
    taken = {object.label for _, object in received if object.named}
    labelled: set[int] = set()
    for name, object in received:
        if not object.named and id(object) not in labelled:
            object.label = _free(name, taken)
            taken.add(object.label)
            labelled.add(id(object))


def _received(function: Callable, args: tuple, kwargs: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """All that a process gets by a name: parameters, then the variables of the surroundings that its function uses."""
    yield from bound(function, args, kwargs).items()
    function = inspect.unwrap(getattr(function, "func", function))
    if inspect.isfunction(function):
        used = inspect.getclosurevars(function)
        yield from (used.nonlocals | used.globals).items()


def _objects(name: str, value: Any) -> Iterator[tuple[str, KernelObject]]:
    if isinstance(value, KernelObject):
        yield name, value
    elif isinstance(value, (list, tuple)):
        for i, each in enumerate(value):
            yield from _objects(f"{name}[{i}]", each)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _objects(f"{name}[{key!r}]", each)


def _free(name: str, taken: set[str]) -> str:
    numbered = (f"{name}-{n}" for n in range(2, len(taken) + 3))
    return name if name not in taken else next(each for each in numbered if each not in taken)
