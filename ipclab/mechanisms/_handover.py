"""How an object that holds file descriptors goes to another process: the number means nothing there, so the kernel
must pass the open file itself (SCM_RIGHTS, unix(7)), beside the pickle.

Such an object packs each descriptor in its `__getstate__` and unpacks it in its `__setstate__`:

    def __getstate__(self):
        return {**self.__dict__, "_fd": handover.send(self._fd, self)}

    def __setstate__(self, state):
        self.__dict__.update(state)
        self._fd = handover.receive(state["_fd"])

    def handed_over(self):                    # the other process has it now: close our copy and say so in later errors
        os.close(self._fd)

Whoever moves objects (`ipclab.processes`) surrounds pickle with `packing()` and unpickle with `unpacking(descriptors)`.
An owner without `handed_over` keeps its copy: both processes then hold the open file.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from .. import errors

__all__ = ["Parcel", "delivered", "packing", "receive", "send", "unpacking"]


@dataclass(slots=True)
class Parcel:
    """The descriptors that belong to one pickle, in the order of their tokens, and the objects they come from."""

    descriptors: list[int] = field(default_factory=list)
    owners: list[Any] = field(default_factory=list)


def delivered(parcels: Iterable[Parcel]) -> None:
    """The other processes have their copies: each owner lets go of its own, once, however many got it."""
    for owner in {id(owner): owner for parcel in parcels for owner in parcel.owners}.values():
        if hasattr(owner, "handed_over"):
            owner.handed_over()


_packing: ContextVar[Parcel | None] = ContextVar("packing", default=None)
_unpacking: ContextVar[list[int | None] | None] = ContextVar("unpacking", default=None)


@contextlib.contextmanager
def packing() -> Iterator[Parcel]:
    """Inside the block objects with descriptors can be pickled; the parcel says what must travel beside the pickle."""
    token = _packing.set(Parcel())
    try:
        yield _packing.get()
    finally:
        _packing.reset(token)


@contextlib.contextmanager
def unpacking(descriptors: Sequence[int]) -> Iterator[None]:
    """Inside the block pickles made under `packing` can be loaded; `descriptors` are this process's copies, in order.

    Those that no object asked for are closed at the end, or one would be held open that nobody knows of.
    """
    left: list[int | None] = list(descriptors)
    token = _unpacking.set(left)
    try:
        yield
    finally:
        _unpacking.reset(token)
        for descriptor in left:
            if descriptor is not None:
                os.close(descriptor)


def send(descriptor: int, owner: Any = None) -> int:
    """A token for `descriptor` in the pickle being made. Raises Misuse where no descriptor can travel along."""
    parcel = _packing.get()
    if parcel is None:
        raise errors.Misuse("pickle", f"descriptor {descriptor}",
                            hint="A descriptor is a number of this process only; give the object to a process as an "
                                 "argument of run(), or pass it over a UNIX socket.")
    parcel.descriptors.append(descriptor)
    if owner is not None and not any(owner is known for known in parcel.owners):
        parcel.owners.append(owner)
    return len(parcel.descriptors) - 1


def receive(token: int) -> int:
    """This process's own copy of the descriptor that was packed as `token`; it can be asked for once."""
    left = _unpacking.get()
    if left is None or left[token] is None:
        raise errors.Misuse("unpickle", f"descriptor {token}",
                            hint="The open file did not travel with this pickle; only run() sends it along.")
    descriptor, left[token] = left[token], None
    return descriptor
