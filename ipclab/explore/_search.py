"""Ways through all interleavings. Each is a generator: it yields after every run, and returns when all is explored.

A search drives an engine (`go_to`, `step`; see `_engine`) and hands every state in which nobody may go on to `ended`.

- `brute_force` follows every schedule: the yardstick.
- `by_states` never explores a state twice, and with sleep sets not the two orders of independent operations.
- `by_races` is source-DPOR (Abdulla, Aronis, Jonsson, Sagonas, JACM 2017): it tries another order only for operations
  that race in a run that it has seen.
- `with_few_switches` explores the schedules with at most so many preemptions, and keeps the one with fewest switches.

Two operations are independent if they touch different things, or the same thing in a way whose order nobody can tell.
That must never be claimed wrongly, or the reductions miss schedules in silence; tests compare them with brute force.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from ._states import ENDS, Operation, State

__all__ = ["Searched", "Walker", "brute_force", "by_races", "by_states", "independent", "switches",
           "with_few_switches"]


class Searched(Protocol):
    """What a search needs of an engine."""

    def go_to(self, state: State | None = None) -> State: ...

    def step(self, state: State, process: int) -> State: ...

    def foresee(self, state: State, process: int) -> tuple | None:
        """The key of the state to which that step leads, if it is known without taking it."""


_SILENT = {"load", "V"}                      # two of a kind: both orders give the same values and the same results
_COMMUTE = {("P", "V"), ("V", "P")}          # if both may happen now; else the V is what lets the P go on


def independent(a: Operation, b: Operation) -> bool:
    """Wherever the two stand side by side in a run, they may change places."""
    if a.kind in ENDS or b.kind in ENDS:
        return not _touched(a) & _touched(b)
    return a.label != b.label or a.kind == b.kind and a.kind in _SILENT


def _touched(operation: Operation) -> set[str]:
    """The objects; at the end of a process those, its `args`, that the kernel closes or undoes something on."""
    return {*operation.args} if operation.kind in ENDS else {operation.object}


def commute(a: Operation, b: Operation) -> bool:
    """In a state where both may happen, both orders are possible and lead to the same state."""
    return independent(a, b) or a.label == b.label and (a.kind, b.kind) in _COMMUTE


@dataclass
class Walker:
    """Steps the engine from any state: if it is elsewhere, it starts again and repeats the way."""

    engine: Searched
    at: State | None = None

    def first(self) -> State:
        self.at = self.engine.go_to()
        return self.at

    def step(self, state: State, process: int) -> State:
        if self.at is not state:
            self.at = None
            self.engine.go_to(state)
        self.at = self.engine.step(state, process)
        return self.at


Ended = Callable[[State], Any]


def brute_force(engine: Searched, ended: Ended) -> Iterator[None]:
    walker = Walker(engine)
    todo = [(walker.first(), None)]
    while todo:
        state, process = todo.pop()
        if process is not None:
            state = walker.step(state, process)
        if not state.enabled:
            ended(state)
            yield
        todo += [(state, p) for p in reversed(state.enabled)]


def by_states(engine: Searched, ended: Ended) -> Iterator[None]:
    walker, visits = Walker(engine), _Visits()
    todo: list[tuple[State, int | None, frozenset[int]]] = [(walker.first(), None, frozenset())]
    while todo:
        before, process, asleep = todo.pop()
        if process is not None and walker.at is not before and visits.cover(engine.foresee(before, process), asleep):
            continue                                 # a run would only come where all is done already
        state = before if process is None else walker.step(before, process)
        if not state.enabled and state.key not in visits.known:
            ended(state)
        awake = visits.not_yet(state, asleep)
        if not awake:
            yield
        todo += reversed(list(_branches(state, awake, asleep)))


class _Visits:
    """For each state: who may go on there, and which of them nobody has yet let go on (Godefroid 1996, section 6.3)."""

    def __init__(self) -> None:
        self.known: dict[tuple, tuple[tuple[int, ...], frozenset[int]]] = {}

    def not_yet(self, state: State, asleep: frozenset[int]) -> list[int]:
        """Whom to let go on at this visit; from now on it counts as done."""
        key = state.key
        _, left_out = self.known.get(key, ((), None))
        self.known[key] = state.enabled, asleep if left_out is None else left_out & asleep
        return [p for p in state.enabled if p not in asleep and (left_out is None or p in left_out)]

    def cover(self, key: tuple | None, asleep: frozenset[int]) -> bool:
        """Is there nobody to let go on in a known state of that key?"""
        if key not in self.known:
            return False
        enabled, left_out = self.known[key]
        return not any(p in left_out and p not in asleep for p in enabled)


_NOBODY: frozenset[int] = frozenset()


def _branches(state: State, awake: list[int], asleep: frozenset[int]) -> Iterator[tuple[State, int, frozenset[int]]]:
    tried, last = set(asleep), state.schedule[-1] if state.schedule else -1
    for process in sorted(awake, key=lambda p: p != last):
        yield state, process, _still_asleep(state, tried, process, commute)
        tried.add(process)


def _still_asleep(state: State, asleep: set[int], process: int, free: Callable) -> frozenset[int]:
    """After `process` has moved, these need not move yet: the other order is explored where they moved first. All of
    `asleep` may move here, for they could when they fell asleep, and only what they depend on could have changed that.
    """
    moved = state.pending[process]
    return _NOBODY if not asleep else frozenset(q for q in asleep if q != process and free(state.pending[q], moved))


@dataclass(slots=True)
class _Event:
    """A step of the present run and what it knows of: `clock[q]` is how many of q's steps came before it for sure."""

    depth: int
    process: int
    operation: Operation
    clock: list[int]
    count: int                                       # the process's own entry of it


@dataclass(slots=True)
class _Node:
    state: State
    asleep: frozenset[int]
    wanted: set[int]
    done: set[int]


class _Events:
    """The steps of the present run, findable by process and by what they touch."""

    def __init__(self, processes: int):
        self.all: list[_Event] = []
        self.nothing = [0] * processes
        self.of: list[list[_Event]] = [[] for _ in range(processes)]
        self.on: defaultdict[str, list[_Event]] = defaultdict(list)
        self.ends = 0                                # how many of them end a process, and may touch several things

    def known_to(self, process: int) -> list[int]:
        """The clock of `process` before its next step."""
        return self.of[process][-1].clock if self.of[process] else self.nothing

    def rivals(self, process: int, operation: Operation) -> list[_Event]:
        """The steps of others on which `operation` of `process` depends, the last one first."""
        if self.ends or operation.kind in ENDS:
            return [e for e in reversed(self.all) if e.process != process and not independent(e.operation, operation)]
        # What `independent` says of the others on this label, without a call for each.
        silent = operation.kind if operation.kind in _SILENT else None
        return [e for e in reversed(self.on[operation.label]) if e.process != process and e.operation.kind != silent]

    def push(self, process: int, operation: Operation, rivals: list[_Event]) -> None:
        clock = list(self.known_to(process))
        for event in rivals:
            if event.count > clock[event.process]:
                clock = list(map(max, clock, event.clock))
        clock[process] += 1
        event = _Event(len(self.all), process, operation, clock, clock[process])
        self.ends += operation.kind in ENDS
        self.all.append(event)
        self.of[process].append(event)
        self.on[operation.label].append(event)

    def pop(self) -> None:
        event = self.all.pop()
        self.ends -= event.operation.kind in ENDS
        self.of[event.process].pop()
        self.on[event.operation.label].pop()


def by_races(engine: Searched, ended: Ended) -> Iterator[None]:
    walker = Walker(engine)
    state = walker.first()
    nodes, events = [_node(state, frozenset())], _Events(len(state.pending))
    while nodes:
        node = nodes[-1]
        waiting = node.wanted - node.done - node.asleep
        if waiting:
            process = min(waiting)
            asleep = _still_asleep(node.state, node.asleep | node.done, process, independent)
            node.done.add(process)
            operation = node.state.pending[process]
            rivals = events.rivals(process, operation)
            _races(nodes, events, process, operation, rivals)
            events.push(process, operation, rivals)
            nodes.append(_node(walker.step(node.state, process), asleep))
            continue
        if not node.done:                            # the run ends here: nobody may go on, or all who may are asleep
            if not node.state.enabled:
                ended(node.state)
            _races_of_those_who_wait(nodes, events)
            yield
        nodes.pop()
        if nodes:
            events.pop()


def _node(state: State, asleep: frozenset[int]) -> _Node:
    awake = [p for p in state.enabled if p not in asleep] if asleep else state.enabled
    last = state.schedule[-1] if state.schedule else -1
    return _Node(state, asleep, {last if last in awake else awake[0]} if awake else set(), set())


def _before(a: _Event, b: _Event) -> bool:
    return a.count <= b.clock[a.process]


def _could_go_first(state: State, event: _Event, process: int, operation: Operation) -> bool:
    """Is it certain that `operation` of `process` could have been done in `state` in place of `event`?

    If not, perhaps something before `event` makes it wait: an exchange with that must be tried as well. What is true
    of one receive need not be true of another, which wants another type.
    """
    if not operation.blocks:
        return True
    if state.pending[process] is operation:
        return process in state.enabled
    return operation.kind == event.operation.kind == "P"


def _races(nodes: list[_Node], events: _Events, process: int, operation: Operation, rivals: list[_Event]) -> None:
    """For each earlier step with which the coming one races: see to it that the other order is explored."""
    known = events.known_to(process)
    ordered = known                                          # what it knows of, or what a race hides, is no race
    for event in rivals:
        if event.count > ordered[event.process]:
            _want_other_order(nodes[event.depth], events.all[event.depth:], process, operation, known)
            if _could_go_first(nodes[event.depth].state, event, process, operation):
                ordered = list(map(max, ordered, event.clock))


def _races_of_those_who_wait(nodes: list[_Node], events: _Events) -> None:
    """At the end of a run: what has not been done might have been done earlier. So it is, too, of who may go on there
    and sleeps."""
    for p, operation in enumerate(nodes[-1].state.pending):
        if isinstance(operation, Operation):
            _races(nodes, events, p, operation, events.rivals(p, operation))


def _want_other_order(node: _Node, events: list[_Event], process: int, operation: Operation, known: list[int]) -> None:
    """`events[0]` raced with the coming step: let one go first that begins a run with the two the other way round."""
    raced, *later = events
    rest = [event for event in later if not _before(raced, event)]
    beginners = []
    for i, event in enumerate(rest):
        if not any(_before(other, event) for other in rest[:i]):
            beginners.append(event.process)
    if not any(e.process == process or e.count <= known[e.process] or
               not independent(e.operation, operation) for e in rest):
        beginners.append(process)
    possible = [p for p in beginners if p in node.state.enabled]
    if possible and not node.wanted.intersection(possible):
        node.wanted.add(process if process in possible else possible[0])


def switches(schedule: bytes) -> int:
    return sum(a != b for a, b in itertools.pairwise(schedule))


def with_few_switches(engine: Searched, ended: Callable[[State], bool], preemptions: int,
                      below: int = 1 << 30) -> Iterator[None]:
    """Schedules with at most `preemptions` and fewer than `below` switches; once `ended` found one wrong, with fewer
    switches than that."""
    walker, fewest = Walker(engine), below
    seen: dict[tuple, list[tuple[int, int]]] = {}
    todo: list[tuple[State, int | None, int, int]] = [(walker.first(), None, preemptions, 0)]
    while todo:
        state, process, left, switches = todo.pop()
        if switches >= fewest:
            continue
        if process is not None:
            state = walker.step(state, process)
        if not state.enabled:
            if ended(state):
                fewest = switches
            yield
            continue
        last = state.schedule[-1] if state.schedule else None
        if _dominated(seen, (state.key, last), left, switches):
            yield
            continue
        for p in sorted(state.enabled, key=lambda p: p == last):
            if p == last or last is None:
                todo.append((state, p, left, switches))
            elif last not in state.enabled or left > 0:
                todo.append((state, p, left - (last in state.enabled), switches + 1))


def _dominated(seen: dict, key: tuple, left: int, switches: int) -> bool:
    """Was this state reached before with as many preemptions to spare and as few switches?"""
    known = seen.setdefault(key, [])
    if any(left <= l and switches >= s for l, s in known):
        return True
    known.append((left, switches))
    return False
