"""What happened in a run, as plain data: every picture, verdict and replay reads this and nothing else.

An **event** is one operation of one process on one object, with the moments at which it was asked for and done.
A **trace** is the events of a run and the objects they touched. It goes to JSON and back without loss.

What happened before what is known from two facts only: the order within each process, and the pairs of a *give*
(send, write, V, kill, store) and the *take* (receive, read, P, handle, load) that it made possible.
"""

from __future__ import annotations

import heapq
import json
import math
from bisect import bisect_left, bisect_right
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from itertools import accumulate, islice

__all__ = ["Event", "Object", "Pair", "Trace", "plain"]

PLAIN = (str, int, float, bool, type(None))
LONGEST = 200       # characters of an argument or result that a trace keeps


def plain(value: object) -> object:
    """`value` as something JSON keeps: numbers, text, None; bytes as text; a function's name; else its (short) repr."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        value = bytes(value[: 4 * LONGEST + 4]).decode("utf-8", "backslashreplace")      # 4 bytes a character at most
    elif not isinstance(value, PLAIN):
        value = getattr(value, "__name__", None) or repr(value)
    elif isinstance(value, float) and not math.isfinite(value):
        value = repr(value)                                                              # JSON has no word for it
    elif isinstance(value, int) and value.bit_length() > 64:
        value = hex(value)
    if isinstance(value, str):
        value = value.encode("utf-8", "backslashreplace").decode()                       # no lone surrogates
        value = value[:LONGEST] + "…" if len(value) > LONGEST else value
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
        """Process and index, which no other event of the trace has together."""
        return self.process, self.index

    @property
    def done(self) -> bool:
        """It happened: it is over, and raised no error."""
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
        """The object of that label; for a cell of an array, "buffer[0]", one made up from the whole array."""
        found = {o.label: o for o in self.objects}
        return found[label] if label in found else replace(found[label.rpartition("[")[0]], label=label, value=None)

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Every give with the take that it made possible, found by counting and by content."""
        known = {o.label for o in self.objects}
        on = {label: events for label, events in _by(self.events, lambda e: e.object).items()
              if label in known or label.rpartition("[")[0] in known}
        return tuple(pair for label in on for pair in _pairs(self.object(label), on[label]))

    def ordered(self) -> list[Event]:
        """The events in one order that respects all that is known: no take before its give, no process out of order."""
        return _topological(self.events, self._before)

    def happens_before(self, a: Event, b: Event) -> bool:
        """True if `a` must have come before `b`: they are linked by process order and give/take pairs."""
        seen, todo = set(), [b.key]
        while todo:
            for key in self._before.get(todo.pop(), ()):
                if key == a.key:
                    return True
                if key not in seen:
                    seen.add(key)
                    todo.append(key)
        return False

    @cached_property
    def _before(self) -> dict[tuple[str, int], list[tuple[str, int]]]:
        """Per event the events known to come before it, the nearest ones only."""
        before = {}
        for events in _by(self.events, lambda e: e.process).values():
            for event, over in _in_turn(sorted(events, key=lambda e: e.index)):
                before[event.key] = [e.key for e in over]
        for pair in self.pairs:
            before[pair.take.key].append(pair.give.key)
        return before

    def to_json(self) -> str:
        """As text, from which `from_json` makes the same again."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Trace:
        """The trace that `to_json` wrote. Raises ValueError or TypeError for anything else."""
        try:
            data = json.loads(text)
        except RecursionError as error:
            raise ValueError("not a trace: too deeply nested") from error
        if not isinstance(data, dict) or set(data) != {f.name for f in fields(cls)}:
            raise ValueError("not a trace: it needs exactly processes, objects, events and notes")
        lists = {name: _checked("list", value) for name, value in data.items()}
        events = tuple(_made(Event, e) for e in lists["events"])
        if len({e.key for e in events}) < len(events):
            raise ValueError("not a trace: two events of one process have the same index")
        return cls(
            processes=tuple(_checked("str", p) for p in lists["processes"]),
            objects=tuple(_made(Object, o) for o in lists["objects"]),
            events=events,
            notes=tuple(_checked("str", n) for n in lists["notes"]),
        )

    def shifted(self) -> Trace:
        """The same trace with time counted from its first event, so that equal runs compare equal where they are."""
        zero = min((e.start for e in self.events), default=0)
        moved = (replace(e, start=e.start - zero, end=None if e.end is None else e.end - zero) for e in self.events)
        return replace(self, events=tuple(moved))


_ALLOWED = {"list": list, "str": str, "int": int, "int | None": (int, type(None)), "object": PLAIN}


def _checked(type: str, value: object) -> object:
    if not isinstance(value, _ALLOWED[type]):
        raise TypeError(f"not a trace: {value!r:.50} where {type} should be")
    return value


def _made(cls: type, data: object) -> Object | Event:
    if not isinstance(data, dict):
        raise TypeError(f"not a trace: {data!r:.50} where a {cls.__name__} should be")
    thing = cls(**data)
    for f in fields(cls):
        _checked(f.type, getattr(thing, f.name))
    return thing


def _by(events: Iterable[Event], what: Callable[[Event], object]) -> dict[object, list[Event]]:
    """The events in groups, in the order in which the groups first appear."""
    groups = defaultdict(list)
    for event in events:
        groups[what(event)].append(event)
    return groups


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
    left = {said: deque(same) for said, same in _by(gives, lambda g: g.argument).items()}
    for take in takes:
        same = left.get(take.result)
        if same and same[0].start <= take.end:
            yield Pair(same.popleft(), take)


def _last_store(gives: list[Event], takes: list[Event], already: int) -> Iterator[Pair]:
    """A load sees the newest store of its value that had begun when it ended and was not surely overwritten by then."""
    gives = sorted(gives, key=lambda g: (g.end, g.start))
    ends, newest_start = [g.end for g in gives], list(accumulate((g.start for g in gives), max))
    stores = {value: _Stores(same) for value, same in _by(gives, lambda g: g.argument).items()}
    for take in takes:
        over = bisect_left(ends, take.start)            # so many stores were over before the load began
        since = newest_start[over - 1] if over else 0   # what was over by then, one of those overwrote
        give = stores[take.result].seen_by(take, since) if take.result in stores else None
        if give is not None:
            yield Pair(give, take)


class _Stores:
    """Stores of one value, sorted by their end."""

    def __init__(self, gives: list[Event]):
        self.gives, self.ends = gives, [g.end for g in gives]
        self.earliest_start = list(accumulate((g.start for g in reversed(gives)), min))[::-1]      # from here on

    def seen_by(self, take: Event, since: int) -> Event | None:
        """The last one that was over when `take` ended, if not before `since`; else the first that was under way."""
        over = bisect_right(self.ends, take.end)
        if over and self.ends[over - 1] >= since:
            return self.gives[over - 1]
        if over == len(self.gives) or self.earliest_start[over] > take.end:
            return None
        return next(g for g in islice(self.gives, over, None) if g.start <= take.end)


def _in_turn(events: list[Event]) -> Iterator[tuple[Event, list[Event]]]:
    """Each event of one process with the latest ones that were over when it began.

    Two of them overlap where a signal handler ran in the middle of an operation: neither comes before the other.
    """
    latest: list[Event] = []
    for event in events:
        over = [e for e in latest if e.end is not None and e.end <= event.start]
        latest = [e for e in latest if e not in over] + [event]
        yield event, over


def _topological(events: Iterable[Event], before: dict) -> list[Event]:
    """Always the earliest event of those whose predecessors are all placed."""
    order, after, missing = [], defaultdict(list), {e.key: len(before[e.key]) for e in events}
    for key, keys in before.items():
        for earlier in keys:
            after[earlier].append(key)
    queue = {e.key: (e.start if e.role == "give" else e.end or e.start, e.process, e.index, e) for e in events}
    ready = sorted(queue[key] for key in missing if not missing[key])
    while ready:
        event = heapq.heappop(ready)[-1]
        order.append(event)
        for key in after[event.key]:
            missing[key] -= 1
            if not missing[key]:
                heapq.heappush(ready, queue[key])
    return order + [e for *_, e in sorted(queue[key] for key in missing if missing[key])]      # a trace that cannot be
