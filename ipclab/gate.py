"""The gate: the one place that every operation passes on its way to the kernel.

- **Open** (the usual state): there is no gate. An operation is a plain method and costs nothing extra.
- **Recorded**: the operation happens and leaves an event.
- **Held**: the operation waits until a controller in another process lets it pass, then happens for real.

A mechanism marks its methods with `@operation`. Closing the gate swaps the marked methods of all mechanisms for gated
ones, and opening it puts the plain ones back. It is a property of the process: a forked child inherits it.
"""

from __future__ import annotations

import functools
import inspect
import itertools
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Protocol

from .trace import Event, plain

__all__ = ["Channel", "Gate", "Held", "Recorded", "Request", "close", "closed", "current", "open",
           "operation", "operations", "outside"]


@dataclass(slots=True)
class Request:
    """An operation about to happen: what a gate is shown before it lets it pass."""

    kind: str                        # the method's name: "P", "send", "store"
    target: Any                      # the mechanism's object
    args: tuple                      # by position, also those that were given by name
    kwargs: dict
    role: str                        # "give", "take" or ""
    blocks: bool                     # False: never waits, so a controller may always let it pass
    call: Callable[[], Any]          # does it for real

    @property
    def argument(self) -> object:
        """What the operation gives: its first argument, unless the method was marked to say otherwise."""
        given = getattr(type(self.target), self.kind).argument_of
        return plain(given(self.target, *self.args) if given else self.args[0] if self.args else None)


class Gate(Protocol):
    """What every operation of a process passes: anything with this one method."""

    def perform(self, request: Request) -> Any:
        """Let `request.call()` happen, now or later, and return what it returned."""


_gate: Gate | None = None
_inside = threading.local()          # an operation built from others is one operation
_marked: list[tuple[type, str, Callable, Callable]] = []


def operation(role: str = "", *, blocks: bool = True, label: Callable | None = None,
              size: Callable | None = None, argument: Callable | None = None,
              result: Callable | None = None, value: Callable | None = None,
              pieces: Callable | None = None) -> Callable:
    """Mark a method of a mechanism as an operation.

    `role`: "give" if it makes something available (send, V), "take" if it uses something up (receive, P).
    `label(self, *args)`: the object's label in the trace, where it is not `self.label` (a cell of shared memory).
    `size(self, args, result)`: units moved, where that is not 1 (bytes on a stream).
    `argument(self, *args)`: what it gives, where that is not its first argument (the value, not the cell's number).
    `result(self, args, result)`: what the trace keeps of the result, where that is not the result itself.
    `value(self, args, result)`: what the object, or the part that was touched, holds just after, where `self.state()`
    does not say it.
    `pieces(self, *args)`: the argument tuples of the atomic calls that this one stands for, where it is not atomic (a
    write of more than PIPE_BUF bytes): behind a closed gate each is an operation of its own. The last result counts.
    """
    return lambda function: _Marked(function, role, blocks, label, size, argument, result, value, pieces)


class _Marked:
    """Stands in for the method while its class is being made, then leaves the plain function in its place."""

    def __init__(self, function, role, blocks, label, size, argument, result, value, pieces):
        self.function = function
        function.role, function.blocks, function.label_of = role, blocks, label
        function.size_of, function.argument_of, function.result_of = size, argument, result
        function.value_of, function.pieces_of = value, pieces

    def __set_name__(self, owner: type, name: str) -> None:
        gated = _gated(self.function, name)
        _marked.append((owner, name, self.function, gated))
        setattr(owner, name, self.function if _gate is None else gated)


def _gated(function: Callable, kind: str) -> Callable:
    signature = inspect.signature(function)
    fewest, most = _positions(signature)

    @functools.wraps(function)
    def gated(self, *args, **kwargs):
        if _gate is None or getattr(_inside, "yes", False):
            return function(self, *args, **kwargs)
        if kwargs or not fewest <= len(args) <= most:       # binding is dear, and most calls are by position
            bound = signature.bind(self, *args, **kwargs)   # a call with wrong arguments is no operation
            args, kwargs = bound.args[1:], bound.kwargs
        if not function.pieces_of:
            return perform(self, args, kwargs)
        result = None
        for piece in function.pieces_of(self, *args):
            result = perform(self, piece, kwargs)
        return result

    def perform(self, args, kwargs):
        def call():
            _inside.yes = True
            try:
                return function(self, *args, **kwargs)
            finally:
                _inside.yes = False

        return _gate.perform(Request(kind, self, args, kwargs, function.role, function.blocks, call))

    return gated


def _positions(signature: inspect.Signature) -> tuple[int, int]:
    """How many arguments by position, `self` apart, are enough, and how many are not too many; (1, 0) if only binding
    can tell."""
    parameters = list(signature.parameters.values())[1:]
    if any(p.kind not in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters):
        return 1, 0
    return sum(p.default is p.empty for p in parameters), len(parameters)


def operations(kind: type) -> list[str]:
    """The names of the operations that objects of this class have."""
    return sorted({name for owner, name, _, _ in _marked if issubclass(kind, owner)})


def current() -> Gate | None:
    """The gate that this process's operations pass; None if they are plain calls."""
    return _gate


def close(gate: Gate) -> None:
    """From now on every operation of this process passes `gate`."""
    _set(gate)


def open() -> None:
    """From now on operations happen as plain calls."""
    _set(None)


@contextmanager
def closed(gate: Gate) -> Iterator[Gate]:
    """`gate` for the length of a with block."""
    before = _gate
    _set(gate)
    try:
        yield gate
    finally:
        _set(before)


@contextmanager
def outside() -> Iterator[None]:
    """For a signal handler that may interrupt an operation: what it does inside the block passes the gate again."""
    before = getattr(_inside, "yes", False)
    _inside.yes = False
    try:
        yield
    finally:
        _inside.yes = before


def _set(gate: Gate | None) -> None:
    global _gate
    before, _gate = _gate, gate
    if (before is None) == (gate is None):
        return                                              # another gate: the methods already pass one, or still none
    for owner, name, plain_function, gated in _marked:
        setattr(owner, name, plain_function if gate is None else gated)


class Recorded:
    """Lets everything pass at once and hands each operation to `sink` twice: when asked for (end None) and when done."""

    def __init__(self, process: str, sink: Callable[[Event], None]):
        self.process, self.sink = process, sink
        self.count_from(0)

    def count_from(self, index: int) -> None:
        """Number the operations to come from `index` on."""
        self._indexes = itertools.count(index)

    count = property(fset=count_from, doc="To be set only: the number of the next operation, as `count_from`.")

    def perform(self, request: Request) -> Any:
        """Admit it, do it, and hand it to `sink`; what it returned or raised comes out. Blocks as the operation does."""
        event = self.begin(request)
        event = self.admit(event, request) or event
        try:
            result = request.call()
        except BaseException as error:
            self.sink(self.ended(event, request, None, error))
            raise
        self.sink(self.ended(event, request, result, None))
        return result

    def admit(self, event: Event, request: Request) -> Event | None:
        """Return when the operation may happen: here, at once. With the event, if that has changed it."""
        self.sink(event)

    def note(self, kind: str, object: str, role: str = "", argument: object = None) -> None:
        """Record something that happened to this process rather than by a call of its own: a handler that ran."""
        now, index = time.monotonic_ns(), next(self._indexes)
        self.sink(Event(self.process, index, kind, object, role, plain(argument), plain(argument), start=now, end=now))

    def begin(self, request: Request) -> Event:
        """The event of an operation that is asked for now, with the line of the caller's file that asks."""
        function = getattr(type(request.target), request.kind)
        named = function.label_of(request.target, *request.args) if function.label_of else request.target.label
        file, line, name = _caller()
        # `next` is one step: a handler that records, too, cannot come in between and get the same number.
        return Event(self.process, next(self._indexes), request.kind, named, request.role, request.argument,
                     start=time.monotonic_ns(), line=line, function=name, file=file)

    def ended(self, event: Event, request: Request, result: Any, error: BaseException | None) -> Event:
        """The same event with what came of it."""
        end = time.monotonic_ns()
        function = getattr(type(request.target), request.kind)
        size = function.size_of(request.target, request.args, result) if function.size_of and error is None else 1
        value = request.target.state() if error or not function.value_of else function.value_of(
            request.target, request.args, result)
        if function.result_of and error is None:
            result = function.result_of(request.target, request.args, result)
        return replace(event, result=plain(result), error=_described(error), end=end, size=size, value=value)


class Channel(Protocol):
    """A gate's line to its controller."""

    def ask(self, event: Event, request: Request) -> None:
        """Announce the operation and return when the controller lets it pass."""

    def tell(self, event: Event) -> None:
        """Report how it ended."""


class Held(Recorded):
    """Lets an operation pass only when the controller at the other end of `channel` says so.

    Until then it waits for its turn and not for the kernel, so its event starts when it is let pass.
    """

    def __init__(self, process: str, channel: Channel):
        super().__init__(process, channel.tell)
        self.channel = channel

    def admit(self, event: Event, request: Request) -> Event:
        """Blocks until the controller lets it pass."""
        self.channel.ask(event, request)
        return replace(event, start=time.monotonic_ns())


def _described(error: BaseException | None) -> str:
    return "" if error is None else f"{type(error).__name__}: {error}"


_OURS = __file__.rsplit("/", 1)[0] + "/"


def _caller() -> tuple[str, int, str]:
    """File, line and function of the nearest frame outside this package."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_OURS):
        frame = frame.f_back
    if frame is None:
        return "", 0, ""
    return frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name
