"""Drives real processes through a schedule: who performs the next operation, one after another.

The workers live on from run to run, and the objects get their first values back in between. Where that cannot be done
(a process closes its end of a pipe), each run has new objects and new processes. All of it runs on one processor, since
only one process is ever at work and a switch within a processor is far cheaper.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from ..mechanisms import ledger, leftovers
from ..mechanisms._object import KernelObject
from ..mechanisms._streams import End
from ..mechanisms.semaphores import PosixSemaphore, Semaphore
from ..mechanisms.shared_memory import SharedArray, SharedMemory
from ..trace import Trace
from ._page import FINISHED, LONGEST, Page, Turn
from ._stuck import blocked_in
from ._worker import Worker
from .system import Final, System, named, noting_objects, objects_of, restorer

__all__ = ["CannotGoOn", "Engine", "Operation", "Outcome", "State"]

_GLANCE, _PATIENCE = 0.1, 5.0        # seconds until a silent worker is looked at, and until it is given up
_libc = ctypes.CDLL(None)


class CannotGoOn(Exception):
    """The system cannot be explored; the message, for a reader, says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """What a process is about to do. Two of the same content are one object."""

    number: int
    kind: str
    object: str                      # the label of the object
    label: str                       # the label of the part of it that is touched: "buffer[0]"
    role: str
    blocks: bool
    args: tuple | None               # None: not plain
    argument: object = None

    def __str__(self) -> str:
        return f"{self.kind}({'' if self.argument is None else self.argument}) on {self.label}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a process ended."""

    how: str                         # returned, raised
    value: Any

    def __str__(self) -> str:
        return f"the end ({self.how} {self.value!r})"


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Where a run stands, between two operations, and how it came there."""

    schedule: bytes                  # process numbers, in the order in which they acted
    log: tuple                       # (Operation, number of its result), one for each
    pending: tuple                   # by process: the Operation that it stands before, or its Outcome
    enabled: tuple[int, ...]         # the processes that may go on
    histories: tuple[int, ...]       # by process: a number that stands for all that it did and saw
    store: dict[str, Any]            # content of the shared objects, as far as the histories do not tell
    cut: bool = False                # it is too long: whoever may go on is not let

    @property
    def key(self) -> tuple:
        """Two states with one key have the same future: a process knows nothing but what it has seen."""
        return self.histories, frozenset(self.store.items())


class Engine:
    """`system()` makes the objects and says which processes use them; see `System`."""

    def __init__(self, system: Callable[[], System], longest: int = LONGEST // 2):
        if not 0 < longest <= LONGEST // 2:
            raise ValueError(f"longest must be from 1 to {LONGEST // 2} operations")
        self.make, self.longest = system, longest
        self.runs = self.steps = 0
        self._numbers: dict[tuple, int] = {}
        self._interned: dict[int, Operation] = {}
        self._affinity = os.sched_getaffinity(0)
        self._workers: list[int] = []
        self._wires: list[int] = []
        self._all: list[KernelObject] = []
        self._objects: dict[str, KernelObject] = {}          # by label; the ends of a pipe share theirs
        self._made: list[ledger.Entry] = []
        self.touched: dict[str, set[tuple[int, str]]] = {}     # by label: which process did what to it
        self.events: list[dict] = []                            # of the present run, if `telling`
        self.telling = False

    def __enter__(self) -> Engine:
        os.sched_setaffinity(0, {_libc.sched_getcpu()} & self._affinity or {min(self._affinity)})
        try:
            self._set_up()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._end_workers()
        self._remove_objects()
        os.sched_setaffinity(0, self._affinity)

    # -- setting up ------------------------------------------------------------------------------------------------

    def _set_up(self) -> None:
        before = set(ledger.mine())
        with noting_objects() as made:
            self.system = self.make()
        self._made = [entry for entry in ledger.mine() if entry not in before]
        if not isinstance(self.system, System) or not self.system.processes:
            raise CannotGoOn("the function must return a System with at least one process")
        self.specs = named(self.system)
        self.names = [spec.name for spec in self.specs]
        self.n = len(self.specs)
        given = [objects_of(spec) for spec in self.specs]
        self._all = list({id(each): each for objects in (made, *given) for each in objects}.values())
        self._objects = {each.label: each for each in self._all}
        twice = [label for label, times in Counter(e.label for e in self._all if not isinstance(e, End)).items()
                 if times > 1]
        if twice:
            raise CannotGoOn(f"two objects have the label {twice[0]!r}; give each its own")
        self.first_values = tuple(each.described() for each in self._objects.values())
        restorers = [restorer(each) for each in self._all]
        self.fresh = any(each is None for each in restorers)
        self._restore = [each for each in restorers if each]
        self._memories = {label: each for label, each in self._objects.items() if isinstance(each, SharedMemory)}
        self._queues = {label for label, each in self._objects.items()
                        if not isinstance(each, (SharedMemory, Semaphore, PosixSemaphore))}
        self._first_bytes = {label: bytes(each.view) for label, each in self._memories.items()}
        self._fork(given)

    def _fork(self, given: list[list[KernelObject]]) -> None:
        self.page, self.controller = Page(), Turn()
        self.turns = [Turn() for _ in self.specs]
        self._operations: list[dict[int, Operation]] = [{} for _ in self.specs]
        self._results: list[dict[int, int]] = [{} for _ in self.specs]
        self._outcomes: list[dict[int, Outcome]] = [{} for _ in self.specs]
        self._parts = [b""] * self.n
        self._given = given
        for me in range(self.n):
            self._fork_one(me)
        if self.fresh:
            for each in self._all:
                _close(each)

    def _fork_one(self, me: int) -> None:
        wire, wire_in = os.pipe()
        os.set_blocking(wire, False)
        pid = os.fork()
        if pid == 0:
            try:
                _libc.prctl(1, signal.SIGKILL, 0, 0, 0)              # PR_SET_PDEATHSIG
                for each in self._all:
                    if self.fresh and all(each is not mine for mine in self._given[me]):
                        _close(each)
                Worker(me, self.specs[me], self.page, self.turns, self.controller, wire_in).serve()
            finally:
                os._exit(2)
        os.close(wire_in)
        self._workers.append(pid)
        self._wires.append(wire)

    def _end_workers(self) -> None:
        for pid in self._workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in self._workers:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)
        for wire in self._wires:
            os.close(wire)
        self._workers, self._wires = [], []

    def _renew(self) -> None:
        self._end_workers()
        self._remove_objects()
        self._set_up()

    def _remove_objects(self) -> None:
        """All that the system made, also what it gave to no process."""
        for each in self._all:
            each.remove()
        for entry in self._made:
            leftovers.remove(entry)
            ledger.release(entry.kind, entry.name)
        self._all, self._objects, self._made = [], {}, []
        leftovers.sweep()                                    # what the workers made themselves

    # -- running ---------------------------------------------------------------------------------------------------

    def go_to(self, state: State | None = None) -> State:
        """Start a new run and repeat the way to `state`, or to the beginning. Raises CannotGoOn if it is not the same."""
        if self.runs and self.fresh:
            self._renew()
        for restore in () if self.fresh else self._restore:
            restore()
        n, head, page = self.n, self.page.head, self.page
        way = bytes(range(n)) + (state.schedule if state else b"")
        page.schedule[:len(way)] = way
        head[Page.RUN] += 1
        head[Page.TELL], self.events = self.telling, []
        head[Page.POSITION], head[Page.LENGTH] = 0, len(way)
        self.runs += 1
        self.turns[0].give()
        self._await()
        if state is None:
            memory = self._memory({}, None)
            return self._state(b"", (), (None,) * n, (0,) * n, memory, range(n))
        self.steps += len(state.schedule)
        log = tuple(map(self._logged, state.schedule, range(n, len(way))))
        if log != state.log or any(self._pending(p) != state.pending[p] for p in range(n)):
            raise CannotGoOn(self._divergence(state, log))
        return state

    def step(self, state: State, process: int) -> State:
        """Let `process` perform its pending operation and run on to its next. The engine must be in `state`."""
        head = self.page.head
        position = head[Page.POSITION]
        self.page.schedule[position] = process
        head[Page.LENGTH] = position + 1
        self.turns[process].give()
        self._await()
        self.steps += 1
        did = self._logged(process, position)
        operation, result = did
        self.touched.setdefault(operation.label, set()).add((process, operation.kind))
        histories = list(state.histories)
        histories[process] = self._intern((histories[process], operation.number, result))
        store = self._memory(state.store, operation)
        if operation.object in self._queues:         # what is in it follows from all that was done with it
            store[operation.object] = self._intern((store.get(operation.object, 0), operation.number, process, result))
        return self._state(state.schedule + bytes((process,)), (*state.log, did), state.pending, tuple(histories),
                           store, (process,))

    def _state(self, schedule: bytes, log: tuple, pending: tuple, histories: tuple, store: dict, moved) -> State:
        now = list(pending)
        for process in moved:
            now[process] = self._pending(process)
        enabled = tuple(p for p, operation in enumerate(now)
                        if operation.__class__ is Operation and (not operation.blocks or self._may(p, operation)))
        if enabled and len(schedule) >= self.longest:
            return State(schedule, log, tuple(now), (), histories, store, cut=True)
        return State(schedule, log, tuple(now), enabled, histories, store)

    def final(self, state: State) -> Final:
        """How a run that is in `state`, where nobody may go on, has ended."""
        ended = {self.names[p]: what for p, what in enumerate(state.pending) if isinstance(what, Outcome)}
        return Final({name: what.value for name, what in ended.items() if what.how == "returned"},
                     {name: str(what.value) for name, what in ended.items() if what.how == "raised"},
                     tuple(name for name in self.names if name not in ended))

    def trace(self) -> Trace:
        """The events of the present run, which must have been begun while `telling`."""
        for process in range(self.n):
            self.read_wire(process)
        last = {(event["process"], event["index"]): event for event in self.events}
        done = sorted(last.values(), key=lambda event: (event["end"] is None, event["end"]))
        objects = [asdict(each) for each in self.first_values]
        return Trace.from_json(json.dumps({"processes": self.names, "objects": objects, "events": done, "notes": []}))

    # -- what the workers say --------------------------------------------------------------------------------------

    def _pending(self, process: int) -> Operation | Outcome:
        number = self.page.pending[process]
        known, number = (self._operations, number) if number >= 0 else (self._outcomes, FINISHED - number)
        if number not in known[process]:
            self.read_wire(process)
        return known[process][number]

    def _logged(self, process: int, position: int) -> tuple[Operation, int]:
        operation, result = self.page.operations[position], self.page.results[position]
        if operation not in self._operations[process] or result not in self._results[process]:
            self.read_wire(process)
        return self._operations[process][operation], self._results[process][result]

    def _may(self, process: int, operation: Operation) -> bool:
        if operation.args is not None and not self.fresh:
            return self._objects[operation.object].may(operation.kind, *operation.args)
        head = self.page.head
        head[Page.ASK] = 1
        self.turns[process].give()
        self._await(process)
        answer, head[Page.ASK] = head[Page.ASK], 0
        return answer == 3

    def _memory(self, before: dict, operation: Operation | None) -> dict:
        """The content of the objects that have one. Raises CannotGoOn if it was changed by anything but `operation`."""
        store = dict(before)
        for label, memory in self._memories.items():
            now, old = bytes(memory.view), before.get(label, self._first_bytes[label])
            if now != old:
                if operation is None or operation.object != label or operation.kind != "store" \
                        or not _only_cell(operation.args[0] if isinstance(memory, SharedArray) else 0, old, now):
                    raise CannotGoOn(f"{label} was changed other than by store(), perhaps through its view; what passes "
                                     "no gate cannot be explored")
                store[label] = now
        return store

    def read_wire(self, process: int) -> None:
        """Hear what `process` has described since the last time."""
        with contextlib.suppress(BlockingIOError):
            while piece := os.read(self._wires[process], 65536):
                *lines, self._parts[process] = (self._parts[process] + piece).split(b"\n")
                for line in lines:
                    self._hear(process, json.loads(line))

    def _hear(self, process: int, said: dict) -> None:
        if "event" in said:
            self.events.append(said["event"])
        elif "outcome" in said:
            self._outcomes[process][said["number"]] = Outcome(*said["outcome"])
            self._results[process][said["number"]] = -1
        elif "result" in said:
            self._results[process][said["number"]] = self._intern(tuple(said["result"]))
        else:
            number = said.pop("number")
            self._operations[process][number] = self._operation(said)

    def _operation(self, said: dict) -> Operation:
        if said.pop("timed"):
            raise CannotGoOn(f"{said['kind']} on {said['label']} has a time limit, and time is not explored; "
                             "leave timeout= out, or use the _nowait verb")
        if said["object"] not in self._objects:
            raise CannotGoOn(f"{said['label']} is not among the objects that the processes are given; make it in the "
                             "function that returns the System, and give it to them")
        args = said.pop("args")
        made = Operation(0, **said, args=None if args is None else tuple(args))
        key = (made.kind, made.label, made.args, made.argument)
        number = self._intern(("operation", *key))
        return self._interned.setdefault(number, replace(made, number=number))

    def _intern(self, key: tuple) -> int:
        return self._numbers.setdefault(key, len(self._numbers) + 1)

    # -- waiting ---------------------------------------------------------------------------------------------------

    def _await(self, asked: int | None = None) -> None:
        """Return when the controller has the turn again; the first glance at a silent worker is at the kernel."""
        began = time.monotonic()
        while not self.controller.take_within(_GLANCE):
            head = self.page.head
            process = asked if asked is not None else self.page.schedule[max(0, head[Page.POSITION] - 1)]
            for p in range(self.n):
                self.read_wire(p)
            self._look_at(process, time.monotonic() - began)

    def _look_at(self, process: int, waited: float) -> None:
        for p, pid in enumerate(self._workers):
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                raise CannotGoOn(f"process {self.names[p]} died, or would not give up an unfinished run")
        call = blocked_in(self._workers[process])
        if call and call[0] != "futex":
            raise CannotGoOn(f"process {self.names[process]} blocks in {call[0]}() outside the gate; use the objects of "
                             "ipclab.mechanisms, which the explorer can hold")
        if waited > _PATIENCE:
            raise CannotGoOn(f"process {self.names[process]} came to no operation within {_PATIENCE:g} s: does it loop "
                             "without one, sleep, or wait outside the gate?")

    def _divergence(self, state: State, log: tuple) -> str:
        for step, (then, now, p) in enumerate(zip(state.log, log, state.schedule, strict=True)):
            if then != now:
                return self._differs(p, step, then[0], now[0])
        p = next(p for p in range(self.n) if self._pending(p) != state.pending[p])
        return self._differs(p, len(log), state.pending[p], self._pending(p))

    def _differs(self, p: int, step: int, then: object, now: object) -> str:
        return (f"process {self.names[p]} is not the same each time: after the same {step} operations it once did "
                f"{then}, and then {now}. Does it use time, randomness, a process id, or what an earlier run left behind?")


def _only_cell(cell: int, old: bytes, now: bytes) -> bool:
    start = 8 * cell % len(old)
    return old[:start] == now[:start] and old[start + 8:] == now[start + 8:]


def _close(each: KernelObject) -> None:
    """This process's descriptors of it, if it has any."""
    if hasattr(each, "_fd"):
        each.close()
