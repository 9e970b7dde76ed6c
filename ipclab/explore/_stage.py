"""The real objects of one system, and the processes that get them: made, given their first values again, removed."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from .. import errors
from ..mechanisms import ledger, leftovers
from ..mechanisms._object import KernelObject
from ..mechanisms._streams import End
from ..mechanisms.message_queues import MessageQueue, PosixQueue
from ..mechanisms.semaphores import PosixSemaphore, Semaphore
from ..mechanisms.shared_memory import SharedMemory
from ..processes import Spec
from ..processes._labels import label
from ..processes._specs import as_specs
from ._page import LONGEST
from ._states import CannotGoOn
from .system import System

__all__ = ["Stage", "noting_objects"]


class Stage:
    """Makes them by calling `make()`.

    `fresh`: some object cannot get its first content again, so that each run needs new objects and new processes.
    `lasting[i]`: the labels of those that process i has, which change when it ends.
    """

    def __init__(self, make: Callable[[], System]):
        before = set(ledger.mine())
        self.all = self._new = []                # of a `make` that fails none, for the last may be half made
        try:
            try:
                with noting_objects() as new:
                    self.system = make()
                self.all = self._new = new
            finally:
                self._made = [entry for entry in ledger.mine() if entry not in before]
            self._get_to_know(new)
        except BaseException:
            self.remove()
            raise

    def _get_to_know(self, made: list[KernelObject]) -> None:
        if not isinstance(self.system, System) or not self.system.processes:
            raise CannotGoOn("the function must return a System with at least one process")
        self.specs = as_specs(self.system.processes)
        label((spec.function, spec.args, spec.kwargs) for spec in self.specs)
        self.given = [_objects_of(spec) for spec in self.specs]
        self.all = list({id(each): each for each in [*made, *(each for some in self.given for each in some)]}.values())
        self.objects = {each.label: each for each in self.all}               # the ends of a pipe share its label
        labels = Counter(each.label for each in self.all if not isinstance(each, End))
        if (twice := labels.most_common(1)) and twice[0][1] > 1:
            raise CannotGoOn(f"two objects have the label {twice[0][0]!r}; give each its own")
        for each in self.all:
            if isinstance(each, (Semaphore, PosixSemaphore)) and each.value + LONGEST > each.maximum:
                raise CannotGoOn(f"{each.label} begins at {each.value}, so high that a V might fail, and then it matters "
                                 "who came first; begin lower")
        self.first_values = tuple(each.described() for each in self.objects.values())
        self.parts = tuple(part for each in self.objects.values() for part in each.parts())
        restorers = {id(each): _restorer(each) for each in self.all}
        self.fresh = None in restorers.values()
        self._restorers = [*restorers.values()]
        self.lasting = [tuple(sorted({each.label for each in some if restorers[id(each)] is None}))
                        for some in self.given]

    def restore(self) -> None:
        for restore in self._restorers:
            restore()

    def remove(self) -> None:
        """All that the system made, also what it gave to no process, and what processes that have ended made.

        What `make` made is closed here, too, and not only when nobody knows it any more: all POSIX queues that are open
        count against what a user may have.
        """
        for each in self.all:
            each.remove()
        for each in self._new:
            each.__exit__()
        for entry in self._made:
            leftovers.remove(entry)
            ledger.release(entry.kind, entry.name)
        leftovers.sweep()
        self.all, self._new, self._made = [], [], []


@contextlib.contextmanager
def noting_objects() -> Iterator[list[KernelObject]]:
    """Every kernel object that is made inside the block, in the order of making."""
    made: list[KernelObject] = []
    plain = KernelObject.__init__

    def noted(self, *args: Any, **kwargs: Any) -> None:
        plain(self, *args, **kwargs)
        made.append(self)

    KernelObject.__init__ = noted
    try:
        yield made
    finally:
        KernelObject.__init__ = plain


def _objects_of(spec: Spec) -> list[KernelObject]:
    """The kernel objects that a process gets: as arguments, and through the variables that its functions use."""
    found: dict[int, Any] = {}
    _collect([spec.function, spec.args, spec.kwargs], found)
    return [each for each in found.values() if isinstance(each, KernelObject)]


def _collect(value: Any, found: dict[int, Any]) -> None:
    """Put into `found`, by identity, all that can be got from `value` through containers, functions and methods."""
    if id(value) in found:
        return
    if isinstance(value, (list, tuple, set, dict)):
        inner = [*value.values()] if isinstance(value, dict) else [*value]
    elif isinstance(value, KernelObject):
        inner = [end for end in (getattr(value, "reader", None), getattr(value, "writer", None)) if end]
    elif inspect.isfunction(value):
        value = inspect.unwrap(value)
        used = inspect.getclosurevars(value)
        inner = [*used.nonlocals.values(), *used.globals.values(), *(value.__defaults__ or ())]
    elif inspect.ismethod(value):
        inner = [value.__self__, value.__func__]
    elif isinstance(value, functools.partial):
        inner = [value.func, value.args, value.keywords]
    else:
        return
    found[id(value)] = value
    for each in inner:
        _collect(each, found)


def _restorer(each: KernelObject) -> Callable[[], None] | None:
    """A function that gives the object its present value again; None if only a new object can have it."""
    if isinstance(each, Semaphore):
        if each._semaphore.undo:
            return None                          # what is undone when a process ends is only seen if it ends
        return lambda semaphore=each._semaphore, value=each.value: setattr(semaphore, "value", value)
    if isinstance(each, PosixSemaphore):
        return lambda value=each.value: _set_posix(each._semaphore, value)
    if isinstance(each, (MessageQueue, PosixQueue)) and each.state() == 0:
        return lambda: _empty(each)
    if isinstance(each, SharedMemory):
        return lambda view=each.view, bytes=bytes(each.view): _fill(view, bytes)
    return None


def _set_posix(semaphore: Any, value: int) -> None:
    while semaphore.value > value:
        semaphore.acquire(0)
    while semaphore.value < value:
        semaphore.release()


def _empty(queue: MessageQueue | PosixQueue) -> None:
    with contextlib.suppress(errors.WouldBlock):
        while True:
            queue.receive_nowait()


def _fill(view: memoryview, content: bytes) -> None:
    view.cast("B")[:] = content
