"""Drives real processes through a schedule: who performs the next operation, one after another.

The workers live on from run to run, and the objects get their first values back in between. Where that cannot be done
(a process closes its end of a pipe, or the kernel undoes what it did when it ends), each run has new objects and new
processes. All of it runs on one processor, since only one process is ever at work, and a switch within one is cheaper;
and as SCHED_BATCH, which has whoever is given the turn wait until the giver sleeps: one switch, not three (sched(7)).

A process that was let go on may go on by itself while it can, for that is what a search mostly wants next. So a run may
be ahead of the state that the search is in; the engine then hands out the steps that have been taken.
"""

from __future__ import annotations

import ctypes
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from ..mechanisms._object import KernelObject
from ..trace import Trace
from ._contents import Contents
from ._crew import Crew, close_here
from ._page import LONGEST
from ._stage import Stage
from ._states import ENDS, CannotGoOn, NotTheSame, Operation, Outcome, State
from .system import Final, System

__all__ = ["Engine"]

_libc = ctypes.CDLL(None)


class Engine:
    """`system()` makes the objects and says which processes use them; see `System`. No run is longer than `longest`.

    `new_processes`: fork them anew for every run, so that nothing is left in them of an earlier one.
    `death`: (process, n) has the process killed by SIGKILL, as a step of its own, after its n-th operation.
    """

    def __init__(self, system: Callable[[], System], longest: int = LONGEST // 2, *, new_processes: bool = False,
                 death: tuple[int, int] | None = None):
        if not 0 < longest <= LONGEST // 2:
            raise ValueError(f"longest must be from 1 to {LONGEST // 2} operations")
        self.make, self.longest, self.new_processes, self.death = system, longest, new_processes, death
        self.runs = self.steps = self.deaths = 0
        self.last_words = ""                                 # what the killed process had done last
        self.touched: set[tuple[str, int, str]] = set()      # label, process and kind of all that was done
        self.telling = False                                 # record events in the runs that begin from now on
        self._numbers: dict[tuple, int] = {}
        self._interned: dict[int, Operation] = {}
        self._effects: dict[tuple, tuple] = {}               # (operation, number before) → (result, number after)
        self._done = b""                                     # who has acted in the present run
        self._ended: dict[int, str] = {}                     # the kind of step that ended a process in it
        self._affinity, self._batch = os.sched_getaffinity(0), False
        self._stage: Stage | None = None
        self._crew: Crew | None = None

    def __enter__(self) -> Engine:
        os.sched_setaffinity(0, {_libc.sched_getcpu()} & self._affinity or {min(self._affinity)})
        self._batch = _scheduled(os.SCHED_OTHER, os.SCHED_BATCH)
        try:
            self._set_up()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._take_down()
        if self._batch:
            _scheduled(os.SCHED_BATCH, os.SCHED_OTHER)
        os.sched_setaffinity(0, self._affinity)

    def _set_up(self) -> None:
        self._stage = stage = Stage(self.make)
        self.system, self.fresh, self.n = stage.system, stage.fresh, len(stage.specs)
        self.names = [spec.name for spec in stage.specs]
        self._contents = Contents(stage.all, self._intern)
        self._crew = Crew(stage.specs, stage.all, stage.given if self.fresh else None, self._operation, self._intern)
        for each in stage.all if self.fresh else ():
            close_here(each)                                 # else no reader would ever see the end of file

    def _take_down(self) -> None:
        if self._crew:
            self._crew.end()
        if self._stage:
            self._stage.remove()
        self._crew = self._stage = None

    @property
    def objects(self) -> list[KernelObject]:
        return self._stage.all

    # -- running ---------------------------------------------------------------------------------------------------

    def go_to(self, state: State | None = None) -> State:
        """Start a new run and repeat the way to `state`, or to the beginning. Raises NotTheSame if it goes otherwise."""
        if self.runs and self.fresh:
            self._take_down()
            self._set_up()
        elif self.runs and self.new_processes:
            self._crew.end()
        if not self.fresh:
            self._stage.restore()
        self.runs += 1
        self._ended = {}
        if state is None:
            self._crew.begin(b"", self.telling)
            self._done = b""
            return self._first()
        self.steps += len(state.schedule)
        self._follow(state)
        self._done = state.schedule
        self._compare(state)
        return state

    def _follow(self, state: State) -> None:
        """The way to `state`: whole stretches at a time, but for the ends of processes, which we bring about."""
        stretches, ends = [bytearray()], []
        for process, (operation, _) in zip(state.schedule, state.log, strict=True):
            if operation.kind in ENDS:
                ends.append((process, operation.kind))
                stretches.append(bytearray())
            else:
                stretches[-1].append(process)
        self._crew.begin(bytes(stretches[0]), self.telling)
        for end, stretch in zip(ends, stretches[1:], strict=True):
            self._end(*end)
            self._crew.go_on(bytes(stretch))

    def _end(self, process: int, kind: str) -> None:
        self._crew.kill(process)
        self._ended[process] = kind

    def _compare(self, state: State) -> None:
        """Raise NotTheSame if the run that was to lead to `state` has led elsewhere."""
        same_workers = not (self.fresh or self.new_processes or self.death)      # others number what they do anew
        if not same_workers or self._crew.raw(0, len(state.raw) // 8) != state.raw:
            log = self._log(state)
            for step, (then, now, p) in enumerate(zip(state.log, log, state.schedule, strict=True)):
                if then != now:
                    raise self._differs(p, step, then[0], now[0])
        for p, then in enumerate(state.pending):
            now = self._pending(p, state.schedule)
            if now is not then and now != then:
                raise self._differs(p, len(state.log), then, now)

    def _log(self, state: State) -> list[tuple]:
        position, log = 0, []
        for process, did in zip(state.schedule, state.log, strict=True):
            if did[0].kind not in ENDS:
                did, position = self._crew.logged(process, position), position + 1
            log.append(did)
        return log

    def step(self, state: State, process: int) -> State:
        """Let `process` perform its pending operation and run on to its next. The engine must be in `state`."""
        operation, step = state.pending[process], len(state.schedule)
        if len(self._done) > step and self._done[step] != process:
            self.go_to(state)
        schedule, raw = state.schedule + bytes((process,)), state.raw
        if operation.kind in ENDS:
            self._bring_about(state, process, operation)
            result = left = 0
            did = operation, result
        else:
            if len(self._done) == step:
                self._go_on(state, process)
            position = len(raw) // 8
            did = operation, result = self._crew.logged(process, position)
            left, raw = self._crew.left(position), raw + self._crew.noted(position)
            self.touched.add((operation.label, process, operation.kind))
        history = self._intern((state.histories[process], operation.number, result))
        store = self._contents.after(state.store, operation, left, history)
        if operation.noted:
            before = self._contents.number(state.store, operation.label)
            self._effects[operation.number, before] = result, left
        pending = _with(state.pending, process, self._pending(process, schedule, raw))
        reached = State(schedule, state.log + (did,), pending, (),
                        _with(state.histories, process, history), store, raw)
        self._open(reached, state, operation, process)
        if len(self._done) == step + 1:
            self._contents.compare(store)
        return reached

    def _go_on(self, state: State, process: int) -> None:
        way = bytes((process,))
        done = self._crew.go_on(way, self._allowed(state, process))
        self._done += way * done
        self.steps += done

    def _bring_about(self, state: State, process: int, operation: Operation) -> None:
        self.steps += 1
        self._end(process, operation.kind)
        self._done = state.schedule + bytes((process,))
        if operation.kind == "SIGKILL":
            self.deaths += 1
            did = [did for p, (did, _) in zip(state.schedule, state.log, strict=True) if p == process]
            self.last_words = str(did[-1]) if did else ""

    def _allowed(self, state: State, process: int) -> int:
        """How many operations `process` may perform now, if it can, before it has to give the turn back."""
        if self.telling:
            return 1                                         # whoever looks on wants each step for itself
        most = self.longest - len(state.schedule)
        if self.death and self.death[0] == process:
            most = min(most, self.death[1] - state.schedule.count(process))
        return most

    def foresee(self, state: State, process: int) -> tuple | None:
        """The key of the state to which `step` would lead. It is known if this operation was performed before, for
        real, on the same number: then it has the same result and leaves the same number."""
        operation, contents = state.pending[process], self._contents
        if not operation.noted:
            return None
        effect = self._effects.get((operation.number, contents.number(state.store, operation.label)))
        if effect is None:
            return None
        result, left = effect
        history = self._intern((state.histories[process], operation.number, result))
        store = contents.with_number(state.store, operation.label, left)
        return _with(state.histories, process, history), frozenset(store.items())

    def _open(self, reached: State, before: State, operation: Operation, process: int) -> None:
        """Who may go on in `reached`, where `process` has just performed `operation`?"""
        mine = reached.pending[process]
        if mine.__class__ is Operation and not mine.blocks and self._contents.is_cell(operation):
            reached.enabled = before.enabled                 # for a number in memory nobody waits
        else:
            reached.enabled = tuple(self._who_may(reached, before, operation, process))
        if reached.enabled and len(reached.schedule) >= self.longest:
            reached.cut, reached.enabled = True, ()

    def _who_may(self, reached: State, before: State, operation: Operation, process: int) -> Iterator[int]:
        for p, what in enumerate(reached.pending):
            if what.__class__ is Operation:
                as_before = p != process and what.object != operation.object and operation.kind not in ENDS
                if not what.blocks or (p in before.enabled if as_before else self._may(p, what, reached.store)):
                    yield p

    def _may(self, process: int, operation: Operation, store: dict) -> bool:
        if operation.kind == "P" and operation.noted:
            return self._contents.number(store, operation.label) != 0
        if self.fresh or operation.args is None:
            return self._crew.may(process)
        return self._stage.objects[operation.object].may(operation.kind, *operation.args)

    def _first(self) -> State:
        pending = tuple(self._pending(p, b"") for p in range(self.n))
        state = State(b"", (), pending, (), (0,) * self.n, {})
        self._contents.compare(state.store)
        state.enabled = tuple(p for p, what in enumerate(pending) if what.__class__ is Operation and
                              (not what.blocks or self._may(p, what, state.store)))
        return state

    def _pending(self, process: int, schedule: bytes, raw: bytes | None = None) -> Operation | Outcome:
        """What `process` is about to do after `schedule`, which took so many steps of the workers: all, if not told."""
        if self.death and self.death[0] == process:
            if self._ended.get(process) == "SIGKILL":
                return Outcome("killed", "SIGKILL")
            if self.death[1] == schedule.count(process):
                return self._ending(process, "SIGKILL")
        if len(self._done) > len(schedule):
            return self._crew.logged(process, len(raw) // 8)[0]
        what = self._crew.pending(process)
        ends = self.fresh and process not in self._ended and isinstance(what, Outcome)
        return self._ending(process, "exit") if ends else what

    def final(self, state: State) -> Final:
        """How a run that is in `state`, where nobody may go on, has ended."""
        ended = {self.names[p]: what for p, what in enumerate(state.pending) if isinstance(what, Outcome)}
        return Final({name: what.value for name, what in ended.items() if what.how == "returned"},
                     {name: str(what.value) for name, what in ended.items() if what.how == "raised"},
                     tuple(name for name in self.names if name not in ended),
                     tuple(name for name, what in ended.items() if what.how == "killed"))

    def trace(self) -> Trace:
        """The events of the present run, which must have been begun while `telling`."""
        for process in range(self.n):
            self._crew.read_wire(process)
        last = {(event["process"], event["index"]): event for event in self._crew.events}
        done = sorted(last.values(), key=lambda event: (event["end"] is None, event["end"]))
        touched = {event["object"] for event in done}
        known = *self._stage.first_values, *(part for part in self._stage.parts if part.label in touched)
        objects = [asdict(each) for each in known]
        return Trace.from_json(json.dumps({"processes": self.names, "objects": objects, "events": done, "notes": []}))

    # -- names and numbers ----------------------------------------------------------------------------------------

    def _operation(self, said: dict) -> Operation:
        if said.pop("timed"):
            raise CannotGoOn(f"{said['kind']} on {said['label']} has a time limit, and time is not explored; "
                             "leave timeout= out, or use the _nowait verb")
        if said["object"] not in self._stage.objects:
            raise CannotGoOn(f"{said['label']} is not among the objects that the processes are given; make it in the "
                             "function that returns the System, and give it to them")
        args = said.pop("args")
        return self._known(**said, args=None if args is None else tuple(args))

    def _ending(self, process: int, kind: str) -> Operation:
        name = f"process {self.names[process]}"
        return self._known(kind=kind, object=name, label=name, role="", blocks=False, args=self._stage.lasting[process])

    def _known(self, **what: Any) -> Operation:
        number = self._intern(("operation", what["kind"], what["label"], what["args"], what.get("argument")))
        if number not in self._interned:
            self._interned[number] = Operation(number, **what)
        return self._interned[number]

    def _intern(self, key: tuple) -> int:
        return self._numbers.setdefault(key, len(self._numbers) + 1)

    def _differs(self, p: int, step: int, then: object, now: object) -> NotTheSame:
        return NotTheSame(f"process {self.names[p]} is not the same each time: after the same {step} operations it "
                          f"once did {then}, and then {now}. Does it use time, randomness, a process id, or what an "
                          "earlier run left?")


def _scheduled(before: int, policy: int) -> bool:
    """Had this process the policy `before`, and has it `policy` now? Where that is forbidden, all is only slower."""
    try:
        if os.sched_getscheduler(0) != before:
            return False
        os.sched_setscheduler(0, policy, os.sched_param(0))
        return True
    except OSError:
        return False


def _with(values: tuple, place: int, value: object) -> tuple:
    """`values` with another one in that place."""
    changed = list(values)
    changed[place] = value
    return tuple(changed)
