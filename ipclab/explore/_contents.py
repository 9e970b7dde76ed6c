"""What is in the shared objects, as far as it does not follow from what each process has done.

A semaphore's value follows: its first value, plus all V, minus all P. What is in memory depends on the order of the
stores, so it is read from the real memory after each step. What is in a queue or a pipe cannot be read without taking
it out, so all that was ever done with it stands for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..mechanisms._object import KernelObject
from ..mechanisms.semaphores import PosixSemaphore, Semaphore
from ..mechanisms.shared_memory import SharedArray, SharedMemory
from ._states import CannotGoOn, Operation

__all__ = ["Contents"]

_CELL = 8                                    # bytes
_FORESEEABLE = {"P", "V", "load", "store"}
_HIGH = 30_000                               # from about here a V may fail, at a value of 32,767


class Contents:
    def __init__(self, objects: list[KernelObject], longest: int):
        self._memories = {each.label: each for each in objects if isinstance(each, SharedMemory)}
        self._first = {label: bytes(each.view) for label, each in self._memories.items()}
        semaphores = [each for each in objects if isinstance(each, (Semaphore, PosixSemaphore))]
        self._high = {each.label for each in semaphores if each.value + longest > _HIGH}
        self._queues = {each.label for each in objects} - {*self._memories} - {each.label for each in semaphores}

    def after(self, before: dict[str, Any], operation: Operation | None, intern: Callable[[tuple], int],
              history: int) -> dict[str, Any]:
        """Read what there is after `operation`, where there was `before`; `history` is that of its process.

        Raises CannotGoOn if memory was changed by anything but the operation.
        """
        store = before
        for label, memory in self._memories.items():
            now, old = bytes(memory.view), before.get(label, self._first[label])
            if now != old:
                if operation is None or operation.object != label or not self._only_its_cell(operation, old, now):
                    raise CannotGoOn(f"{label} was changed other than by store(), perhaps through its view; what "
                                     "passes no gate cannot be explored")
                store = {**store, label: now}
        if operation and operation.object in self._queues:
            store = {**store, operation.object: intern((store.get(operation.object, 0), history))}
        return store

    def foreseeable(self, operation: Operation) -> bool:
        """Does `touched` decide what the operation returns and changes?"""
        return operation.kind in _FORESEEABLE and operation.object not in self._high

    def touched(self, store: dict[str, Any], operation: Operation) -> bytes | None:
        """What the operation finds or leaves: the content of its cell; None for a semaphore on which it may go on."""
        if operation.object not in self._memories:
            return None
        start = self._start(operation)
        return self._of(store, operation.object)[start:start + _CELL]

    def with_touched(self, store: dict[str, Any], operation: Operation, content: bytes | None) -> dict[str, Any]:
        """`store` with that content in the cell."""
        if content is None or self.touched(store, operation) == content:
            return store
        start, old = self._start(operation), self._of(store, operation.object)
        return {**store, operation.object: old[:start] + content + old[start + _CELL:]}

    def _of(self, store: dict[str, Any], label: str) -> bytes:
        return store.get(label, self._first[label])

    def _start(self, operation: Operation) -> int:
        memory = self._memories[operation.object]
        return _CELL * operation.args[0] % len(self._first[operation.object]) if isinstance(memory, SharedArray) else 0

    def _only_its_cell(self, operation: Operation, old: bytes, now: bytes) -> bool:
        start = self._start(operation)
        return operation.kind == "store" and old[:start] == now[:start] and old[start + _CELL:] == now[start + _CELL:]
