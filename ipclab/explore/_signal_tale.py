"""One interrupted run, told step by step: which line ran, where the signal struck, what the handler did, what changed.

The run is the sweep's own: the same boundaries, the same real signal. Only here tracing goes on to the end, and what
the lines changed is read. It is read without running anything of the user's: numbers, texts, small containers of them,
locks, and these as attributes of objects; whatever else there is stays unread.
"""

from __future__ import annotations

import collections
import itertools
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import CodeType, FrameType
from typing import Any

from ._signal_run import Run

__all__ = ["MOST_STEPS", "MOST_VALUES", "Tale"]

MOST_STEPS = 3_000                           # said by one run; who needs more is in a loop
MOST_VALUES, LONGEST_VALUE = 16, 60          # followed; characters of one
_LOCKS = (type(threading.Lock()), type(threading.RLock()))


class Tale(Run):
    """A run that says each step of the code for which `mine(code)` holds, and then what that changed. Keys of a step:

    what      "line" began or goes on; "strike" of the signal; "handler" begins; "back" from it
    depth     how many handlers are running, one inside the other
    line      in the user's text, 0 if elsewhere; function; for a strike also column and end_column
    fate      of a strike: "handled", "blocked", "ignored", "default"
    first     what there was when a function began, name → value as text
    now       what the step changed
    """

    def __init__(self, *args: Any, mine: Callable[[CodeType], bool]):
        super().__init__(*args)
        self.mine, self.depth, self.steps, self.striking = mine, 0, 0, None
        self.last: tuple = (None, 0, 0)      # frame, line and depth of the step that is under way
        self.values = _Values(self.signals)

    def _run_main(self) -> BaseException | None:
        for number in self.signals:
            self._wrap(number)
        self.boundaries.start()
        try:
            self.scenario.main()
        except BaseException as error:
            return error
        finally:
            self.boundaries.stop()
            self._step(None)
        return None

    def _wrap(self, number: int) -> None:
        handler = signal.getsignal(number)
        if callable(handler) and not isinstance(handler, _Handler):
            signal.signal(number, _Handler(self, handler))

    def _at_boundary(self, frame: FrameType, offset: int) -> None:
        if os.getpid() != self.pid:          # a process that main() forked is not ours to tell of
            self.boundaries.stop()
            return
        frame.f_locals                       # CPython 3.11 writes back what was read earlier: read what is true now
        index, self.count = self.count, self.count + 1
        if self.mine(frame.f_code) and frame.f_lineno and self.last[:2] != (frame, frame.f_lineno):
            self._step("line", frame)
        if index == self.plan.first:
            self._strike(frame, offset)

    def _strike(self, frame: FrameType, offset: int) -> None:
        number, handler = self.plan.signal, signal.getsignal(self.plan.signal)
        self._wrap(number)
        blocked = number in signal.pthread_sigmask(signal.SIG_BLOCK, ())
        fate = "blocked" if blocked else "handled" if callable(handler) else \
            "ignored" if handler == signal.SIG_IGN else "default"
        self._step("strike", frame, fate=fate, signal=signal.Signals(number).name, **_columns(frame.f_code, offset))
        self.striking = frame
        sys.call_tracing(self._raise_traced, (number,))
        self.striking = None
        frame.f_locals                       # likewise: the handler may have changed what a closure shares
        if self.mine(frame.f_code):
            self._step("line", frame)

    def _raise_traced(self, number: int) -> None:
        self.boundaries.start()
        signal.raise_signal(number)

    def handle_told(self, handler: Callable, number: int, frame: FrameType) -> Any:
        frame, self.striking = self.striking or frame, None
        before = self.last
        self.depth += 1
        self._step("handler", signal=signal.Signals(number).name)
        raised = ""
        try:
            return handler(number, frame)
        except BaseException as error:
            raised = type(error).__name__
            raise
        finally:
            self._step("back", raised=raised)
            self.depth -= 1
            self.last = (before[0], 0, self.depth)

    def _step(self, what: str | None, frame: FrameType | None = None, **more: Any) -> None:
        """The step before this one has ended: say what it changed. Then say this one, which may never end."""
        if self.steps:
            self._say(changed=self.values.changed(self.last[0], self.last[2]))
        if what is None:
            return
        mine = frame is not None and self.mine(frame.f_code)
        step = {"what": what, "depth": self.depth, **more, "now": {}, "line": frame.f_lineno or 0 if mine else 0,
                "function": frame.f_code.co_qualname if mine else ""}
        if mine and what == "line":
            if frame is not self.last[0]:
                step["first"] = self.values.changed(frame, self.depth)
            self.last = frame, frame.f_lineno, self.depth
        self._say(step=step)
        self.steps += 1
        if self.steps > MOST_STEPS:
            self.boundaries.stop()


class _Handler:
    """Stands in for a handler, to say when it begins and ends."""

    def __init__(self, tale: Tale, handler: Callable):
        self.tale, self.handler = tale, handler

    def __call__(self, number: int, frame: FrameType) -> Any:
        return self.tale.handle_told(self.handler, number, frame)


def _columns(code: CodeType, offset: int) -> dict[str, int]:
    """Which part of its line the instruction belongs to."""
    line, end_line, column, end_column = next(itertools.islice(code.co_positions(), offset // 2, None), (None,) * 4)
    return {"column": column, "end_column": end_column} if line == end_line and column is not None else {}


class _Values:
    """What is followed of the user's data, by the names under which a reader knows it."""

    def __init__(self, signals: tuple[int, ...]):
        self.signals = signals
        self.known: dict[str, str] = {signal.Signals(number).name: "let through" for number in signals}
        self.names: dict[tuple, str] = {}
        self.places: dict[str, Callable[[], Any]] = {}       # attributes and globals: how to read them again

    def _look(self, frame: FrameType) -> None:
        """Find what there is to follow from `frame` on."""
        for name in frame.f_code.co_names:
            if name in frame.f_globals and _text(frame.f_globals[name]):
                self._follow(("global", name), name, lambda held=frame.f_globals, name=name: held.get(name))
        for name, value in list(frame.f_locals.items()):
            held = _attributes(value, frame.f_globals.get("__name__"))
            for attribute in held or ():
                self._follow((id(held), attribute), f"{name}.{attribute}",
                             lambda held=held, attribute=attribute: held.get(attribute))

    def _follow(self, key: tuple, name: str, read: Callable[[], Any]) -> None:
        if key not in self.names and len(self.names) < MOST_VALUES:
            self.places[self._named(key, name)] = read

    def _named(self, key: tuple, *names: str) -> str:
        """The first of `names` that is still free, else the last with a number."""
        if key not in self.names:
            taken = set(self.names.values())
            more = (f"{names[-1]} ({n})" for n in itertools.count(2))
            self.names[key] = next(name for name in itertools.chain(names, more) if name not in taken)
        return self.names[key]

    def changed(self, frame: FrameType | None, depth: int) -> dict[str, str]:
        """What is different from the last time, with the local names of `frame`."""
        now = dict(self._now(frame, depth))
        found = {name: text for name, text in now.items() if text and self.known.get(name) != text}
        self.known |= found
        return found

    def _now(self, frame: FrameType | None, depth: int) -> Iterator[tuple[str, str]]:
        blocked, pending = signal.pthread_sigmask(signal.SIG_BLOCK, ()), signal.sigpending()
        for number in self.signals:
            state = "blocked, pending" if number in pending else "blocked" if number in blocked else "let through"
            yield signal.Signals(number).name, state
        if frame is not None:
            self._look(frame)
            yield from self._locals(frame, depth)
        for name, read in self.places.items():
            yield name, _text(read())

    def _locals(self, frame: FrameType, depth: int) -> Iterator[tuple[str, str]]:
        where, lane = frame.f_code.co_name, f", handler {depth}" if depth > 1 else ", handler" if depth else ""
        for name, value in list(frame.f_locals.items()):
            key = (depth, frame.f_code, name)
            if name.isidentifier() and _text(value) and (key in self.names or len(self.names) < MOST_VALUES):
                yield self._named(key, f"{name}{lane}", f"{name} in {where}{lane}"), _text(value)


def _attributes(value: Any, module: str | None) -> dict[str, Any] | None:
    """The attributes of an object whose class is the user's, if it keeps them in a dictionary."""
    if type(type(value)) is not type or type(value).__module__ != module:
        return None
    try:
        held = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return None
    return held if type(held) is dict else None


def _text(value: Any, inner: bool = True) -> str:
    """A value as text, or "" if reading it could run somebody's code or take too long."""
    kind = type(value)
    if kind in (bool, type(None), float) or kind is int and value.bit_length() < 200:
        return repr(value)
    if kind in (str, bytes):
        text = repr(value[:LONGEST_VALUE])
    elif kind in (list, tuple, set, collections.deque) and inner:
        text = _items(value, {list: "[]", tuple: "()", set: "{}", collections.deque: "[]"}[kind])
    elif kind is dict and inner:
        pairs = [(_text(k, False), _text(v, False)) for k, v in itertools.islice(value.items(), 8)]
        text = "{" + ", ".join(f"{k}: {v}" for k, v in pairs) + "}" if all(k and v for k, v in pairs) else ""
    elif kind in _LOCKS:
        text = "free" if repr(value).startswith("<unlocked") else "taken"
    elif kind is queue.Queue:
        text = f"{_text(value.queue)}, its lock {_text(value.mutex)}"
    else:
        text = repr(value) if kind is itertools.count else ""
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"


def _items(value: Any, brackets: str) -> str:
    shown = [_text(item, type(item) is tuple) for item in itertools.islice(value, 8)]
    more = ["…"] if len(value) > 8 else []
    return brackets[0] + ", ".join(shown + more) + brackets[1] if all(shown) else ""
