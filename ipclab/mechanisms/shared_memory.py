"""Shared memory: one stretch of physical memory in the address spaces of several processes.

The kernel maps it once and then stays out of the way: nothing is copied, no call is made, and nobody is made to wait.
That makes it the fastest way, and the one whose users must synchronise by hand (see `semaphores`).
Book: chapter Shared memory. Manual: shmget(2), shmat(2), shm_overview(7), memfd_create(2), mmap(2).

- `SharedMemory` is bytes, for bulk data.
- `SharedArray` and `SharedInteger` are whole numbers; each `load` and `store` is an operation that the gate sees.
- `Ring` is a queue of messages from one process to one other.

A load or store of one such cell is atomic: it is one aligned 8-byte access, which the processor does not tear (Intel
SDM 3A, "Guaranteed Atomic Operations"; Arm ARM B2.2, "single-copy atomicity"). Load, add and store are three steps,
and another process may come in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .. import errors
from ..gate import operation
from ..trace import Object
from ._memory import SharedMemory
from ._ring import Ring

__all__ = ["Ring", "SharedArray", "SharedInteger", "SharedMemory"]

_MOST_CELLS = 1000                               # of an array, that a trace tells the first value of
_CELL = 8                                        # bytes of a signed 64-bit integer, format "q"


# What an access itself says of the cell is true; a look just after it may already see another process's store.
def _loaded(cells: _Cells, args: tuple, result: int) -> int:
    return result


def _stored(cells: _Cells, args: tuple, result: None) -> int:
    return int(args[-1])


class _Cells(SharedMemory):
    """Signed 64-bit whole numbers."""

    _format = "q"

    def _failed(self, call: str, i: int, error: Exception, value: object = 0) -> errors.IPCError:
        try:
            length = len(self.view)
        except ValueError:
            return errors.Closed(call, f"{self.family} {self.label!r}", hint="It was closed in this process.")
        if not isinstance(i, int) or not -length <= i < length:
            return errors.Misuse(call, self._name_of(i), hint=f"It has the cells 0 to {length - 1}.")
        return errors.Misuse(call, self._name_of(i),
                             hint=f"A cell holds a whole number from -2**63 to 2**63 - 1, not {value!r}.")

    def _name_of(self, i: int) -> str:
        return f"{self.label}[{i}]"


class SharedArray(_Cells):
    """`length` numbers side by side, at first all `initial`, or those that the iterable `initial` gives.

    `array[i]` and `array[i] = value` are `load` and `store`. `view` is the same numbers without the gate, for bulk
    work: a memoryview of format "q".
    """

    def __init__(self, length: int, *, initial: int | Iterable[int] = 0, kind: str = "System V",
                 label: str | None = None, mode: int = 0o600):
        size = length * _CELL if isinstance(length, int) else length
        super().__init__(size, kind=kind, label=label, mode=mode)
        try:
            self._fill(initial)
        except BaseException:
            SharedMemory.__exit__(self)
            raise

    def _fill(self, initial: int | Iterable[int]) -> None:
        values = [initial] * len(self) if isinstance(initial, int) else list(initial)
        if len(values) != len(self):
            raise errors.Misuse("SharedArray", self.label,
                                hint=f"initial has {len(values)} numbers for {len(self)} cells.")
        for i, value in enumerate(values):
            try:
                self.view[i] = value
            except (TypeError, ValueError) as error:
                raise self._failed("SharedArray", i, error, value) from error

    def _cell(self, i: int, value: int = 0) -> str:
        """Its name in a trace: array[-1] is the same cell as array[length - 1]."""
        return self._name_of(i % len(self.view) if isinstance(i, int) else i)

    def parts(self) -> Iterator[Object]:
        try:
            values = self.view.tolist() if len(self.view) <= _MOST_CELLS else ()
        except ValueError:                       # closed here
            values = ()
        return (Object(self._name_of(i), self.family, value) for i, value in enumerate(values))

    @operation("take", blocks=False, label=_cell, argument=lambda self, i: None, value=_loaded)
    def load(self, i: int) -> int:
        """The number in cell `i` now. Atomic; never waits, for nothing is there to wait for."""
        try:
            return self.view[i]
        except (IndexError, TypeError, ValueError, NotImplementedError) as error:
            raise self._failed("load", i, error) from error

    @operation("give", blocks=False, label=_cell, argument=lambda self, i, value: value, value=_stored)
    def store(self, i: int, value: int) -> None:
        """Put `value` into cell `i`. Atomic; never waits, and whoever loads afterwards finds it."""
        try:
            self.view[i] = value
        except (IndexError, TypeError, ValueError, NotImplementedError) as error:
            raise self._failed("store", i, error, value) from error

    def __getitem__(self, i: int) -> int:
        if i.__class__ is slice:
            raise errors.Misuse("load", self._name_of(i), hint="One cell at a time; .view[a:b] is for bulk work.")
        return self.load(i)

    def __setitem__(self, i: int, value: int) -> None:
        if i.__class__ is slice:
            raise errors.Misuse("store", self._name_of(i), hint="One cell at a time; .view[a:b] is for bulk work.")
        self.store(i, value)

    def __len__(self) -> int:
        return len(self.view)

    def __iter__(self) -> Iterator[int]:
        """Each cell in turn, each by a load of its own: others may store meanwhile."""
        return (self.load(i) for i in range(len(self)))


class SharedInteger(_Cells):
    """One number, at first `initial`. `n.value` and `n.value = 3` are `load` and `store`.

    There is no atomic `n.value += 1`: that is a load, an addition and a store, and another process may come in between.
    """

    def __init__(self, initial: int = 0, *, kind: str = "System V", label: str | None = None, mode: int = 0o600):
        super().__init__(_CELL, kind=kind, label=label, mode=mode)
        try:
            self._put("SharedInteger", initial)
        except BaseException:
            SharedMemory.__exit__(self)
            raise

    def _name_of(self, i: int) -> str:
        return self.label

    def _put(self, call: str, value: int) -> None:
        try:
            self.view[0] = value
        except (TypeError, ValueError) as error:
            raise self._failed(call, 0, error, value) from error

    @operation("take", blocks=False, value=_loaded)
    def load(self) -> int:
        """The number now. Atomic; never waits, for nothing is there to wait for."""
        try:
            return self.view[0]
        except ValueError as error:
            raise self._failed("load", 0, error) from error

    @operation("give", blocks=False, value=_stored)
    def store(self, value: int) -> None:
        """Put `value` there. Atomic; never waits, and whoever loads afterwards finds it."""
        self._put("store", value)

    @property
    def value(self) -> int:
        """The number now, as `load` gives it; to set it is `store`. Each is atomic, both together are not."""
        return self.load()

    @value.setter
    def value(self, value: int) -> None:
        self.store(value)

    def state(self) -> int | None:
        try:
            return self.view[0]
        except ValueError:                       # closed here
            return None
