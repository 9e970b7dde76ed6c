"""What is in the shared objects at each moment of a run.

A semaphore or a cell of memory holds a number. Whoever has performed an operation on it says what it left there, as the
kernel or the memory told it just then. What is in a queue or a pipe cannot be read without taking it out, so all that
was ever done with it stands for it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from ..mechanisms._object import KernelObject
from ..mechanisms.semaphores import PosixSemaphore, Semaphore
from ..mechanisms.shared_memory import SharedArray, SharedInteger, SharedMemory
from ._states import ENDS, CannotGoOn, Operation

__all__ = ["Contents", "number_in"]

_GONE = -1                                   # in place of the number of what was removed or closed


def number_in(target: KernelObject, args: tuple) -> Callable[[], int] | None:
    """A function that looks at the number which an operation with these arguments touches; None if it touches more."""
    if isinstance(target, (Semaphore, PosixSemaphore, SharedInteger)):
        return lambda state=target.state: _GONE if (value := state()) is None else value
    if isinstance(target, SharedArray) and args and isinstance(args[0], int):
        with contextlib.suppress(ValueError):                # closed here
            if -len(target) <= args[0] < len(target):
                return lambda view=target.view, i=args[0]: view[i]
    return None


class Contents:
    """A store maps the label of each number to its present value, where that is not the first one; and the label of a
    queue or pipe to a number that stands for all that was done with it."""

    def __init__(self, objects: list[KernelObject], intern: Callable[[tuple], int]):
        self._intern = intern                                # gives equal tuples one number
        self._semaphores = {each.label: each for each in objects if isinstance(each, (Semaphore, PosixSemaphore))}
        numbers = (Semaphore, PosixSemaphore, SharedMemory)
        self._queues = {each.label for each in objects if not isinstance(each, numbers)}
        self._first: dict[str, int] = {label: each.state() for label, each in self._semaphores.items()}
        self._bytes = [(each, bytes(each.view)) for each in objects if isinstance(each, SharedMemory)
                       and not isinstance(each, (SharedInteger, SharedArray))]
        self._memories: list[tuple[str, memoryview, list[int], list[str]]] = []
        for each in objects:
            if isinstance(each, (SharedInteger, SharedArray)):
                self._know_cells(each)

    def _know_cells(self, memory: SharedInteger | SharedArray) -> None:
        values = memory.view.tolist()
        labels = [memory.label] if isinstance(memory, SharedInteger) else [
            f"{memory.label}[{i}]" for i in range(len(values))]
        self._memories.append((memory.label, memory.view, values, labels))
        self._first.update(zip(labels, values, strict=True))

    def is_cell(self, operation: Operation) -> bool:
        """Does it touch one number in memory?"""
        return operation.noted and operation.object not in self._semaphores

    def number(self, store: dict[str, Any], label: str) -> int:
        return store.get(label, self._first[label])

    def after(self, before: dict[str, Any], operation: Operation, left: int, history: int) -> dict[str, Any]:
        """What there is after `operation`, which left `left`, if that was noted. `history` stands for all that its
        process has done and seen, this operation as the last.

        Raises CannotGoOn if memory was changed by anything but a store.
        """
        label = operation.label
        if operation.noted:
            if operation.kind != "store" and self.is_cell(operation) and left != self.number(before, label):
                raise _changed(operation.object)
            return self.with_number(before, label, left)
        if operation.kind in ENDS:
            return self._after_end(before, operation)
        if operation.object in self._queues:
            return {**before, operation.object: self._intern((before.get(operation.object, 0), history))}
        return before

    def _after_end(self, before: dict[str, Any], operation: Operation) -> dict[str, Any]:
        """The kernel may have undone what the process did to a semaphore."""
        for label in operation.args:
            if label in self._semaphores:
                before = self.with_number(before, label, self._semaphores[label].state())
        return before

    def with_number(self, store: dict[str, Any], label: str, number: int) -> dict[str, Any]:
        """`store` with that number. The first number again is left out, for equal stores must be equal."""
        if number == self.number(store, label):
            return store
        if number != self._first[label]:
            return {**store, label: number}
        store = dict(store)
        del store[label]
        return store

    def compare(self, store: dict[str, Any]) -> None:
        """Raise CannotGoOn if the real objects do not hold what `store` says."""
        for memory, view, first, labels in self._memories:
            if view.tolist() != [*map(store.get, labels, first)]:
                raise _changed(memory)
        for memory, first in self._bytes:
            if memory.view != first:
                raise _changed(memory.label)
        for label, semaphore in self._semaphores.items():
            if semaphore.state() != self.number(store, label):
                raise _changed(label, "P() and V()")


def _changed(label: str, means: str = "store()") -> CannotGoOn:
    return CannotGoOn(f"{label} was changed other than by {means}, perhaps through its view or a library of your own; "
                      "what passes no gate cannot be explored")
