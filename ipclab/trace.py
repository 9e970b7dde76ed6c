"""What happened in a run, as plain data: every picture, verdict and replay reads this and nothing else.

An **event** is one operation of one process on one object, with the moments at which it was asked for and done.
A **trace** is the events of a run and the objects they touched. It goes to JSON and back without loss.

What happened before what is known from two facts only: the order within each process, and the pairs of a *give*
(send, write, V, kill, store) and the *take* (receive, read, P, handle, load) that it made possible.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property

__all__ = ["Event", "Object", "Pair", "Trace", "plain"]

PLAIN = (str, int, float, bool, type(None))
LONGEST = 200       # characters of an argument or result that a trace keeps


def plain(value: object) -> object:
    """`value` as something JSON keeps: numbers, text, None; bytes as text; a function's name; else its (short) repr."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        value = bytes(value[: LONGEST + 1]).decode("utf-8", "backslashreplace")
    elif not isinstance(value, PLAIN):
        value = getattr(value, "__name__", None) or repr(value)
    if isinstance(value, str) and len(value) > LONGEST:
        value = value[:LONGEST] + "…"
    return value


@dataclass(frozen=True, slots=True)
class Object:
    """A kernel object as a trace knows it: its label, what it is, and its value when the run began."""

    label: str
    family: str                      # "System V semaphore", "pipe", "signal", …
    value: int | None = None         # counter, bytes or messages waiting; None where it has none
    capacity: int | None = None      # how much it holds; None: unknown or unbounded


@dataclass(frozen=True, slots=True)
class Event:
    """One operation. Times are CLOCK_MONOTONIC nanoseconds, one clock for all processes of a machine."""

    process: str
    index: int                       # the how-manieth operation of its process, from 0
    kind: str                        # "P", "send", "read", "kill", "handle", …
    object: str                      # an Object's label
    role: str                        # "give", "take" or "" (neither)
    argument: object = None
    result: object = None
    error: str = ""                  # the error's message, if it failed
    start: int = 0
    end: int | None = None           # None: it never came back
    value: int | None = None         # the object's value just after
    size: int = 1                    # units moved: bytes on a stream, else 1
    line: int = 0                    # where in the caller's source, 0 if unknown
    function: str = ""
    file: str = ""

    @property
    def key(self) -> tuple[str, int]:
        return self.process, self.index

    @property
    def done(self) -> bool:
        return self.end is not None and not self.error


@dataclass(frozen=True, slots=True)
class Pair:
    """A give and the take that it made possible."""

    give: Event
    take: Event


@dataclass(frozen=True)
class Trace:
    """The events of one run, in the order in which they were done, and the objects they touched."""

    processes: tuple[str, ...] = ()
    objects: tuple[Object, ...] = ()
    events: tuple[Event, ...] = ()
    notes: tuple[str, ...] = field(default=())     # "truncated after 100000 events", …

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)

    def __len__(self) -> int:
        return len(self.events)

    def of(self, process: str) -> list[Event]:
        """The events of one process, in its own order."""
        return sorted((e for e in self.events if e.process == process), key=lambda e: e.index)

    def on(self, label: str) -> list[Event]:
        """The events on one object."""
        return [e for e in self.events if e.object == label]

    def object(self, label: str) -> Object:
        return next(o for o in self.objects if o.label == label)

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Every give with the take that it made possible, found by counting and by content."""
        return tuple(pair for o in self.objects for pair in _pairs(o, self.on(o.label)))

    def ordered(self) -> list[Event]:
        """The events in one order that respects all that is known: no take before its give, no process out of order."""
        return _topological(self.events, self._before())

    def happens_before(self, a: Event, b: Event) -> bool:
        """True if `a` must have come before `b`: they are linked by process order and give/take pairs."""
        before, seen, todo = self._before(), set(), [b.key]
        while todo:
            for key in before.get(todo.pop(), ()):
                if key == a.key:
                    return True
                if key not in seen:
                    seen.add(key)
                    todo.append(key)
        return False

    def _before(self) -> dict[tuple[str, int], list[tuple[str, int]]]:
        known = {e.key for e in self.events}
        before = {e.key: [(e.process, e.index - 1)] * ((e.process, e.index - 1) in known) for e in self.events}
        for pair in self.pairs:
            before[pair.take.key].append(pair.give.key)
        return before

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Trace:
        """The trace that `to_json` wrote. Raises ValueError or TypeError for anything else."""
        data = json.loads(text)
        return cls(
            processes=tuple(data["processes"]),
            objects=tuple(Object(**o) for o in data["objects"]),
            events=tuple(Event(**e) for e in data["events"]),
            notes=tuple(data["notes"]),
        )

    def shifted(self) -> Trace:
        """The same trace with time counted from its first event, so that equal runs compare equal where they are."""
        zero = min((e.start for e in self.events), default=0)
        moved = (replace(e, start=e.start - zero, end=None if e.end is None else e.end - zero) for e in self.events)
        return replace(self, events=tuple(moved))


def _pairs(object: Object, events: Iterable[Event]) -> Iterator[Pair]:
    events = [e for e in events if e.done]
    gives = sorted((e for e in events if e.role == "give"), key=lambda e: (e.start, e.end))
    takes = sorted((e for e in events if e.role == "take"), key=lambda e: (e.end, e.start))
    by_family = {"shared memory": _last_store, "semaphore": _by_count, "stream": _by_count}
    match = next((f for word, f in by_family.items() if word in object.family), _by_content)
    return match(gives, takes, object.value or 0)


def _by_count(gives: list[Event], takes: list[Event], already: int) -> Iterator[Pair]:
    """Units in, units out: the unit that a take ends with came from the give that put it there."""
    put, i, taken = already, -1, 0
    for take in takes:
        taken += take.size
        while put < taken and i + 1 < len(gives):
            i += 1
            put += gives[i].size
        if taken > already and i >= 0 and put >= taken:
            yield Pair(gives[i], take)


def _by_content(gives: list[Event], takes: list[Event], already: int) -> Iterator[Pair]:
    """A message is recognised by what it says; among equals the oldest goes first."""
    left = list(gives)
    for take in takes:
        give = next((g for g in left if g.argument == take.result and g.start <= take.end), None)
        if give is not None:
            left.remove(give)
            yield Pair(give, take)


def _last_store(gives: list[Event], takes: list[Event], already: int) -> Iterator[Pair]:
    """A load sees the newest store of that value that had begun when it ended."""
    for take in takes:
        seen = [g for g in gives if g.start <= take.end and g.argument == take.result]
        if seen:
            yield Pair(seen[-1], take)


def _topological(events: Iterable[Event], before: dict) -> list[Event]:
    waiting = sorted(events, key=lambda e: (e.start if e.role == "give" else e.end or e.start, e.process, e.index))
    order, placed = [], set()
    while waiting:
        ready = next((e for e in waiting if all(k in placed for k in before[e.key])), waiting[0])
        waiting.remove(ready)
        placed.add(ready.key)
        order.append(ready)
    return order
