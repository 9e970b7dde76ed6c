"""A trace told step by step: what each event is called, what it changed, for what it waited and what made it possible.

Drawers and texts read this; it knows nothing of shapes. Steps are numbered from 1 in the order of `Trace.ordered()`:
that order is logical, so a step says nothing of how long anything took.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..trace import Event, Object, Trace
from .text import data, visible

__all__ = ["Step", "killed", "story"]

GAVE_UP = ("TimedOut", "Removed")                        # errors that end a wait
MAY_WAIT_FOR_ANYBODY = {"accept", "connect", "join", "open", "open_read", "open_write"}


@dataclass(frozen=True, slots=True)
class Step:
    """One event in its place in the story."""

    number: int                      # from 1
    event: Event
    label: str                       # "P mutex", "write 'hello'"
    was: object                      # the object's value before and after; equal if it did not change
    now: object
    asked: int                       # it was asked for just after this step; `number - 1` if it did not have to wait
    back: int                        # it came back just after this step; its own number if it did not have to wait
    cause: Step | None               # the step of another process that made it possible
    message: bool                    # what passes between them is data, not only leave to go on
    holder: Step | None = None       # it never returned, and this step took what it waits for, for good
    critical: bool = False           # from here on the run cannot end well

    @property
    def process(self) -> str:
        return self.event.process

    @property
    def waited(self) -> bool:
        return self.asked < self.number - 1 or self.back > self.number

    @property
    def returned(self) -> bool:
        return self.event.end is not None

    @property
    def changed(self) -> bool:
        return self.was != self.now

    @property
    def failure(self) -> str:
        """The error's class: "WouldBlock"."""
        return self.event.error.partition(":")[0]

    @property
    def mark(self) -> str:
        """What stands behind its label, crossed."""
        return self.failure or ("no way back" if self.critical else "")

    @property
    def sentence(self) -> str:
        """The whole step in words, as a screen reader says it."""
        line = f" (line {self.event.line})" if self.event.line else ""
        return "; ".join([f"{visible(self.process)}: {self.label}{line}", *self._circumstances()]) + "."

    def _circumstances(self) -> Iterator[str]:
        object = visible(self.event.object)
        if not self.returned:
            taken = f", which {visible(self.holder.process)} took in step {self.holder.number}," if self.holder else ""
            yield f"waits for {object}{taken} and never returned"
        elif self.back > self.number:
            yield f"waited for {object}, came back after step {self.back}"
        elif self.waited:
            yield f"asked for after step {self.asked}, waited for {object}" if self.asked else f"waited for {object}"
        if self.event.error:
            yield f"failed: {visible(self.event.error).removesuffix('.')}"
        if self.cause:
            how = "made possible by" if self.event.kind != "load" else "sees what was left by"
            yield f"{how} step {self.cause.number}, {visible(self.cause.process)}: {self.cause.label}"
        if self.critical:
            yield "critical: from here on it cannot end well, whoever goes on"
        if self.changed:
            was = "" if self.was is None else f"was {visible(self.was)}, "
            yield f"{object} {was}is now {visible(self.now)}"


def story(trace: Trace, critical: tuple[str, int] | None = None) -> list[Step]:
    """The steps in their order. `critical` is the key of the event after which a run could not end well any more."""
    objects = {e.object: _object(trace, e.object) for e in trace.events}
    order = sorted(trace.ordered(), key=lambda e: _never_done(e, objects[e.object]))
    values = {o.label: _Values(o.value) for o in objects.values()}
    channels = {o.label for o in objects.values() if _carries_data(o)}
    # Nothing was handed over where nothing was received (end of file), nor by a process to itself.
    gives = {p.take.key: p.give for p in trace.pairs if p.take.size and p.give.process != p.take.process}
    steps: dict[tuple, Step] = {}
    for number, event in enumerate(order, 1):
        object, held, give = objects[event.object], values[event.object], gives.get(event.key)
        before = held.now
        after = _after(event, object, before)
        held.became(after, number)
        asked, back = number - 1, number
        if event.role == "give" and _waited_for_room(event, object, after):
            back = _back(event, order, number)
        elif event.role != "give":
            first = _asked(event, order, number)
            asked = first if _waited(event, object, give, held.after(first), order[first:number - 1]) else asked
        steps[event.key] = Step(
            number, event, _label(event, object, len(channels) > 1), _filled(before, object), _filled(after, object),
            asked, back, steps.get(give.key) if give else None, "semaphore" not in object.family,
            critical=event.key == critical)
    last = {s.event.object: s for s in steps.values() if s.event.done and s.event.role}
    return [_with_holder(s, objects[s.event.object], last.get(s.event.object)) for s in steps.values()]


def _never_done(event: Event, object: Object) -> bool:
    """It stands behind all that was done. Of a long write into a stream, though, a part may have been done and read."""
    return event.end is None and not (event.role == "give" and "stream" in object.family)


def killed(trace: Trace) -> list[str]:
    """The processes that were killed on purpose (`every_death`), as the trace's notes say."""
    return [name for name in trace.processes if f"{name} was killed" in trace.notes]


def _with_holder(step: Step, object: Object, last: Step | None) -> Step:
    held = last is not None and last.event.role == "take" and "semaphore" in object.family
    return replace(step, holder=last) if held and not step.returned and step.event.role == "take" else step


def _object(trace: Trace, label: str) -> Object:
    try:
        return trace.object(label)
    except KeyError:                                     # a trace that was cut short
        return Object(label, "")


def _carries_data(object: Object) -> bool:
    return not any(word in object.family for word in ("semaphore", "signal", "shared memory"))


def _label(event: Event, object: Object, several: bool) -> str:
    """The verb, then what a reader needs: the object's name where data does not say enough, and the data."""
    label, moved = visible(event.object), event.argument if event.role == "give" else event.result
    if not event.role or moved is None or not (_carries_data(object) or "shared memory" in object.family):
        return f"{event.kind} {label}"
    if "shared memory" in object.family:
        return f"{event.kind} {label} = {data(moved)}"
    much = f"{data(moved, 14)} {event.size:,} B" if event.size > 32 else data(moved)
    return f"{event.kind} {much}" + (f" {'to' if event.role == 'give' else 'from'} {label}" if several else "")


def _asked(event: Event, order: list[Event], number: int) -> int:
    """The last step before `number` that was over when `event` was asked for."""
    over = (i for i in range(number - 1, 0, -1) if order[i - 1].end is not None and order[i - 1].end <= event.start)
    return next(over, 0)


def _back(event: Event, order: list[Event], number: int) -> int:
    """The last step of the others that was over when `event` came back."""
    back = number
    for i in range(number, len(order)):
        if order[i].process == event.process or (order[i].end or event.end + 1) > event.end:
            break
        back = i + 1
    return back


class _Values:
    """An object's value over the steps."""

    def __init__(self, first: object):
        self.steps, self.values = [0], [first]

    @property
    def now(self) -> object:
        return self.values[-1]

    def became(self, value: object, step: int) -> None:
        if value != self.now:
            self.steps.append(step)
            self.values.append(value)

    def after(self, step: int) -> object:
        return self.values[bisect(self.steps, step) - 1]


def _waited(event: Event, object: Object, give: Event | None, asked_at: object, meanwhile: list[Event]) -> bool:
    """Not "it took long", which proves nothing, but: when it asked (at the value `asked_at`), it could not be done.

    Units of a semaphore or bytes of a stream are alike, so there only the count tells; a message is recognised.
    """
    if event.end is None or event.error:
        return event.error.startswith(GAVE_UP)
    if "shared memory" in object.family:
        return False
    if give is not None:
        empty = isinstance(asked_at, int) and asked_at <= 0
        alike = isinstance(asked_at, int) and any(word in object.family for word in ("semaphore", "stream", "pipe"))
        return empty or (not alike and give.start > event.start)
    others = any(e.object == event.object and e.process != event.process and e.done for e in meanwhile)
    nothing_came = event.role == "take" and event.size == 0      # end of file: somebody closed the last other end
    return others and (nothing_came or event.kind in MAY_WAIT_FOR_ANYBODY)


def _waited_for_room(event: Event, object: Object, after: object) -> bool:
    if event.end is None or event.error:
        return event.error.startswith(GAVE_UP)
    return object.capacity is not None and isinstance(after, int) and after > object.capacity


def _filled(value: object, object: Object) -> object:
    """What it held: of a send that waited for room, the part that is still outside does not count."""
    return min(value, object.capacity) if isinstance(value, int) and object.capacity is not None else value


def _after(event: Event, object: Object, before: object) -> object:
    """The object's value after the event.

    Units are counted: what the kernel says just after a call may already be the next process's doing.
    """
    if not event.done or not event.role:
        return before
    if "shared memory" in object.family:
        return event.argument if event.role == "give" else event.result
    if not isinstance(before, int):
        return event.value
    counted = before + event.size if event.role == "give" else before - event.size
    return counted if counted >= 0 else event.value
