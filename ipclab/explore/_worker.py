"""The side of the explorer that runs a process's function, over and over, one operation at a time.

It announces each operation by number, waits for its turn, and performs it for real. A number that the controller has
not met is described to it once, in JSON, before the turn goes to somebody else. The controller believes nothing but
that.
"""

from __future__ import annotations

import inspect
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from .. import gate
from ..gate import Recorded, Request
from ..mechanisms._object import KernelObject
from ..processes import Spec
from ..trace import plain
from ._contents import number_in
from ._page import FINISHED, Page, Turn

__all__ = ["Worker"]

_MOST_REFUSALS = 100                         # operations tried by a function that will not be abandoned


class _Abandoned(BaseException):
    """Unwinds a function whose run is over."""


class Worker:
    """Process number `me` of a system; also the gate that its operations pass."""

    def __init__(self, me: int, spec: Spec, page: Page, turns: list[Turn], controller: Turn, wire: int):
        self.me, self.spec, self.page, self.wire = me, spec, page, wire
        self.turns, self.controller, self.mine = turns, controller, turns[me]
        self.operations: dict[Any, int] = {}
        self.results: dict[Any, int] = {}
        self.numbers_in: dict[int, Callable[[], int] | None] = {}           # by operation: what it touches, to look at
        self.unsaid: list[dict] = []
        self.run, self.refusals, self.has_turn, self.asked = 0, 0, False, None
        self.recorded = Recorded(spec.name, lambda event: None)
        self.perform = self._performer()

    def serve(self) -> None:
        """Never returns."""
        gate.close(self)
        function = self.spec.function
        if isinstance(getattr(function, "__self__", None), KernelObject):    # bound while the gate was open
            self.spec = replace(self.spec, function=getattr(function.__self__, function.__name__))
        head = self.page.head
        while True:
            if not self.has_turn:
                self.mine.take()
            self.has_turn, self.refusals, self.run, self.recorded.count = False, 0, head[Page.RUN], 0
            head[Page.POSITION] += 1
            outcome = self._outcome()
            if head[Page.RUN] == self.run:
                number = self._number(self.results, outcome, lambda key: {"outcome": [outcome[0], _value(outcome[1])]})
                self.page.pending[self.me] = FINISHED - number
                self._hand_over()

    def _outcome(self) -> tuple:
        try:
            return "returned", self.spec.function(*self.spec.args, **self.spec.kwargs)
        except _Abandoned:
            return ()
        except BaseException as error:
            return "raised", f"{type(error).__name__}: {error}"

    def _performer(self) -> Callable[[Request], Any]:
        """`perform` with all it needs at hand: most of an exploration's time is spent in here."""
        page, head, pending, schedule = self.page, self.page.head, self.page.pending, self.page.schedule
        operations, numbers_in, results, me = self.operations, self.numbers_in, self.results, self.me
        RUN, POSITION, LENGTH, TELL, UNTIL = Page.RUN, Page.POSITION, Page.LENGTH, Page.TELL, Page.UNTIL

        def perform(request: Request) -> Any:
            if head[RUN] != self.run:
                self._refuse()
            key = (request.kind, request.target.label, request.args, *map(type, request.args))
            try:
                number = operations[key]
            except (KeyError, TypeError):
                look = number_in(request.target, request.args)
                number = self._number(operations, key, lambda key: {**_operation(request), "noted": look is not None})
                numbers_in[number] = look
            event = self._begin(request) if head[TELL] else None
            pending[me], self.asked = number, request
            position = head[POSITION]
            if position >= head[LENGTH] and position < head[UNTIL] and may_go_on(request, number):
                schedule[position], head[LENGTH] = me, position + 1
            elif position >= head[LENGTH] or schedule[position] != me:
                self._hand_over()
                self._await_turn()
                position = head[POSITION]
            head[POSITION] = position + 1
            if event:
                event = replace(event, start=time.monotonic_ns())       # it waited for its turn, not for the kernel
            try:
                result = request.call()
            except BaseException as error:
                note(position, number, ("error", f"{type(error).__name__}: {error}"))
                self._end(event, request, None, error)
                raise
            note(position, number, (result.__class__, result))
            if event:
                self._end(event, request, result, None)
            return result

        def may_go_on(request: Request, number: int) -> bool:
            return numbers_in[number] and (not request.blocks or request.target.may(request.kind, *request.args))

        steps, left = page.steps, page.left

        def note(position: int, number: int, outcome: tuple) -> None:
            steps[2 * position] = number
            try:
                steps[2 * position + 1] = results[outcome]
            except (KeyError, TypeError):
                steps[2 * position + 1] = self._number(results, outcome)
            if head[UNTIL] and numbers_in[number]:
                left[position] = numbers_in[number]()

        return perform

    def _hand_over(self) -> None:
        """Say what there is to say, and give the turn to the next of the schedule, or to the controller."""
        if self.unsaid:
            self._say()
        head = self.page.head
        position = head[Page.POSITION]
        following = self.controller if position >= head[Page.LENGTH] else self.turns[self.page.schedule[position]]
        following.give()

    def _await_turn(self) -> None:
        head = self.page.head
        while True:
            self.mine.take()
            if head[Page.RUN] != self.run:
                self.has_turn = True
                self._refuse()
            if not head[Page.ASK]:
                return
            target = self.asked.target
            head[Page.ASK] = 2 + bool(target.may(self.asked.kind, *self.asked.args, **self.asked.kwargs))
            self.controller.give()

    def _refuse(self) -> None:
        self.refusals += 1
        if self.refusals > _MOST_REFUSALS:
            os._exit(1)                      # the function swallows whatever is raised; the controller forks another
        raise _Abandoned

    def _number(self, known: dict, key: Any, describe: Callable[[Any], dict] | None = None) -> int:
        """The number of an operation or result; a new one is described to the controller first."""
        try:
            hash(key)
        except TypeError:
            key = repr(key)
        if key not in known:
            known[key] = len(known)
            self.unsaid.append({**(describe or _result)(key), "number": known[key]})
        return known[key]

    def _begin(self, request: Request) -> Any:
        event = self.recorded.begin(request)
        self.unsaid.append({"event": asdict(event)})
        return event

    def _end(self, event: Any, request: Request, result: Any, error: BaseException | None) -> None:
        if event:
            self.unsaid.append({"event": asdict(self.recorded.ended(event, request, result, error))})

    def _say(self) -> None:
        line = json.dumps(self.unsaid).encode() + b"\n"
        self.unsaid.clear()
        while line:
            line = line[os.write(self.wire, line):]


def _operation(request: Request) -> dict:
    function = getattr(type(request.target), request.kind)
    label = request.target.label
    args = [*request.args, *request.kwargs.values()]
    return {"kind": request.kind, "object": label, "role": request.role, "blocks": request.blocks,
            "label": function.label_of(request.target, *request.args) if function.label_of else label,
            "argument": request.argument, "args": args if all(type(a) in (int, str) for a in args) else None,
            "timed": request.blocks and any(each is not None for each in args[_untimed(function):])}


def _result(key: Any) -> dict:
    return {"result": [key[0] if isinstance(key[0], str) else key[0].__name__, plain(key[1])] if type(key) is tuple
            else ["object", plain(key)]}


def _value(value: Any) -> Any:
    """A returned value as plain data."""
    try:
        return json.loads(json.dumps(value))
    except (TypeError, ValueError):
        return plain(value)


def _untimed(function: Callable) -> int:
    """How many arguments come before `timeout`."""
    code = inspect.unwrap(function).__code__                 # inspect.signature is dear, and every worker would call it
    names = code.co_varnames[1:code.co_argcount + code.co_kwonlyargcount]
    return names.index("timeout") if "timeout" in names else len(names)
