"""What is explored: real kernel objects, the processes that use them, and what must be true in the end."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .. import errors
from ..mechanisms._object import KernelObject
from ..mechanisms.message_queues import MessageQueue, PosixQueue
from ..mechanisms.semaphores import PosixSemaphore, Semaphore
from ..mechanisms.shared_memory import SharedMemory
from ..processes import Spec
from ..processes._labels import label
from ..processes._specs import as_specs

__all__ = ["Final", "System", "named", "noting_objects", "objects_of", "restorer"]


@dataclass(frozen=True)
class Final:
    """How a run ended, for `check`."""

    outcomes: dict[str, Any]         # process name → what it returned (numbers, text, lists and dicts of them)
    raised: dict[str, str]           # process name → the exception that ended it
    stuck: tuple[str, ...]           # the processes that can never go on
    killed: tuple[str, ...] = ()     # the process that `every_death` killed


@dataclass(frozen=True)
class System:
    """Processes made with `process(function, object, …)`, and `check(final)`.

    `check` runs in the exploring process, on the real objects as the run left them. It returns True or None if all is
    well; False, or a sentence saying what is wrong, if not; or it raises AssertionError. Without it, a run is wrong if
    a process raises an exception. A deadlock is always wrong, unless `may_stick`. `check_after_death` is asked in its
    place when a process was killed (`every_death`).
    """

    processes: tuple[Spec | Callable, ...]
    check: Callable[[Final], bool | str | None] | None = None
    check_after_death: Callable[[Final], bool | str | None] | None = None
    may_stick: bool = False

    def __init__(self, *processes: Spec | Callable, check: Callable[[Final], bool | str | None] | None = None,
                 check_after_death: Callable[[Final], bool | str | None] | None = None, may_stick: bool = False):
        object.__setattr__(self, "processes", processes)
        object.__setattr__(self, "check", check)
        object.__setattr__(self, "check_after_death", check_after_death)
        object.__setattr__(self, "may_stick", may_stick)

    def wrong(self, final: Final) -> str:
        """What is wrong with a run that ended so, or ""."""
        if final.stuck and not self.may_stick:
            return f"deadlock: {' and '.join(final.stuck)} can never go on"
        raised = "; ".join(f"{name} raised {error}" for name, error in final.raised.items())
        if self.check is None:
            return raised
        try:
            said = self.check(final)
        except Exception as error:               # an assertion; or it looked for what a failed process never returned
            return str(error) if isinstance(error, AssertionError) else raised or f"the check raised {error!r}"
        return said if isinstance(said, str) else "the check failed" if said is False else ""


def named(system: System) -> list[Spec]:
    """The processes, each with a name, and the objects labelled by the parameters through which they come."""
    specs = as_specs(system.processes)
    label((spec.function, spec.args, spec.kwargs) for spec in specs)
    return specs


def objects_of(spec: Spec) -> list[KernelObject]:
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


def restorer(each: KernelObject) -> Callable[[], None] | None:
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
