"""Drives real processes through a schedule: who performs the next operation, one after another.

The workers live on from run to run, and the objects get their first values back in between. Where that cannot be done
(a process closes its end of a pipe, or the kernel undoes what it did when it ends), each run has new objects and new
processes. All of it runs on one processor, since only one process is ever at work, and a switch within one is cheaper.
"""

from __future__ import annotations

import ctypes
import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, replace

from ..mechanisms import ledger, leftovers
from ..mechanisms._object import KernelObject
from ..mechanisms._streams import End
from ..trace import Trace
from ._contents import Contents
from ._crew import Crew, close_here
from ._page import LONGEST
from ._states import ENDS, CannotGoOn, NotTheSame, Operation, Outcome, State
from .system import Final, System, named, noting_objects, objects_of, restorer

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
        self.touched: dict[str, set[tuple[int, str]]] = {}   # by label: which process did what to it
        self.telling = False                                 # record events in the runs that begin from now on
        self._numbers: dict[tuple, int] = {}
        self._interned: dict[int, Operation] = {}
        self._effects: dict[tuple, tuple] = {}               # (operation, content before) → (result, content after)
        self._affinity = os.sched_getaffinity(0)
        self._crew: Crew | None = None
        self._all: list[KernelObject] = []
        self._made: list[ledger.Entry] = []

    def __enter__(self) -> Engine:
        os.sched_setaffinity(0, {_libc.sched_getcpu()} & self._affinity or {min(self._affinity)})
        try:
            self._set_up()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._take_down()
        os.sched_setaffinity(0, self._affinity)

    # -- setting up ------------------------------------------------------------------------------------------------

    def _set_up(self) -> None:
        before = set(ledger.mine())
        with noting_objects() as made:
            self.system = self.make()
        self._made, self._all = [entry for entry in ledger.mine() if entry not in before], made
        if not isinstance(self.system, System) or not self.system.processes:
            raise CannotGoOn("the function must return a System with at least one process")
        specs = named(self.system)
        self.names = [spec.name for spec in specs]
        self.n = len(specs)
        given = [objects_of(spec) for spec in specs]
        self._know([*made, *(each for objects in given for each in objects)])
        self._held = [tuple(sorted({each.label for each in objects if restorer(each) is None})) for objects in given]
        self._crew = Crew(specs, self._all, given if self.fresh else None, self._operation, self._intern)
        for each in self._all if self.fresh else ():
            close_here(each)                                 # else no reader would ever see the end of file

    def _know(self, objects: list[KernelObject]) -> None:
        self._all = list({id(each): each for each in objects}.values())
        self._objects = {each.label: each for each in self._all}     # the ends of a pipe share its label
        labels = Counter(each.label for each in self._all if not isinstance(each, End))
        if (twice := labels.most_common(1)) and twice[0][1] > 1:
            raise CannotGoOn(f"two objects have the label {twice[0][0]!r}; give each its own")
        self.first_values = tuple(each.described() for each in self._objects.values())
        self._parts = tuple(part for each in self._objects.values() for part in each.parts())
        restorers = [restorer(each) for each in self._all]
        self.fresh = None in restorers
        self._restore = [] if self.fresh else restorers
        self._contents = Contents(self._all, self.longest)

    def _take_down(self) -> None:
        """All that the system made, also what it gave to no process, and what its workers made."""
        if self._crew:
            self._crew.end()
        for each in self._all:
            each.remove()
        for entry in self._made:
            leftovers.remove(entry)
            ledger.release(entry.kind, entry.name)
        leftovers.sweep()
        self._crew, self._all, self._made = None, [], []

    @property
    def objects(self) -> list[KernelObject]:
        return list(self._all)

    # -- running ---------------------------------------------------------------------------------------------------

    def go_to(self, state: State | None = None) -> State:
        """Start a new run and repeat the way to `state`, or to the beginning. Raises CannotGoOn if it goes otherwise."""
        if self.runs and self.fresh:
            self._take_down()
            self._set_up()
        elif self.runs and self.new_processes:
            self._crew.end()
        for restore in self._restore:
            restore()
        self.runs += 1
        log = self._follow(state)
        if state is None:
            return self._first()
        self.steps += len(state.schedule)
        if log != state.log or any(self._pending(p, state) is not state.pending[p] and
                                   self._pending(p, state) != state.pending[p] for p in range(self.n)):
            raise NotTheSame(self._divergence(state, log))
        return state

    def _follow(self, state: State | None) -> tuple:
        """The way to `state`: whole stretches at a time, but for the ends of processes, which we bring about."""
        log, stretch, crew, begun = [], bytearray(), self._crew, False

        def run() -> None:
            nonlocal begun
            first = crew.go_on(bytes(stretch)) if begun else crew.begin(bytes(stretch), self.telling)
            begun = True
            log.extend(crew.logged(p, first + i) for i, p in enumerate(stretch))
            stretch.clear()

        for process, (operation, result) in zip(state.schedule, state.log, strict=True) if state else ():
            if operation.kind in ENDS:
                run()
                crew.kill(process)
                log.append((operation, result))
            else:
                stretch.append(process)
        if stretch or not begun:
            run()
        return tuple(log)

    def step(self, state: State, process: int) -> State:
        """Let `process` perform its pending operation and run on to its next. The engine must be in `state`."""
        operation, result = state.pending[process], 0
        self.steps += 1
        if operation.kind in ENDS:
            self._crew.kill(process)
            if operation.kind == "SIGKILL":
                self.deaths += 1
                did = [did for p, (did, _) in zip(state.schedule, state.log, strict=True) if p == process]
                self.last_words = str(did[-1]) if did else ""
        else:
            position = self._crew.go_on(bytes((process,)))
            operation, result = self._crew.logged(process, position)
            self.touched.setdefault(operation.label, set()).add((process, operation.kind))
        known = state.histories
        history = self._intern((known[process], operation.number, result))
        after = State(state.schedule + bytes((process,)), (*state.log, (operation, result)), state.pending,
                      state.enabled, (*known[:process], history, *known[process + 1:]), state.store)
        self._complete(after, operation, process)
        touched = self._contents.touched
        self._effects[operation.number, touched(state.store, operation)] = result, touched(after.store, operation)
        return after

    def foresee(self, state: State, process: int) -> tuple | None:
        """The key of the state to which `step` would lead. It is known if this operation was performed before, for
        real, on an object of the same content: then it has the same result and the same effect."""
        operation, contents = state.pending[process], self._contents
        effect = self._effects.get((operation.number, contents.touched(state.store, operation)))
        if effect is None or not contents.foreseeable(operation):
            return None
        result, content = effect
        known = state.histories
        history = self._intern((known[process], operation.number, result))
        store = contents.with_touched(state.store, operation, content)
        return (*known[:process], history, *known[process + 1:]), frozenset(store.items())

    def _complete(self, reached: State, operation: Operation, process: int) -> None:
        """`reached` has yet the store, the pending operations and the enabled processes of the state before."""
        reached.store = self._contents.after(reached.store, operation, self._intern, reached.histories[process])
        pending, before = list(reached.pending), reached.enabled
        pending[process] = self._pending(process, reached)

        def may(p: int, what: Operation) -> bool:
            if not what.blocks:
                return True
            as_before = p != process and what.object != operation.object and operation.kind not in ENDS
            return p in before if as_before else self._may(p, what)

        reached.pending = tuple(pending)
        reached.enabled = tuple(p for p, what in enumerate(pending) if what.__class__ is Operation and may(p, what))
        if reached.enabled and len(reached.schedule) >= self.longest:
            reached.cut, reached.enabled = True, ()

    def _first(self) -> State:
        state = State(b"", (), (), (), (0,) * self.n, self._contents.after({}, None, self._intern, 0))
        state.pending = tuple(self._pending(p, state) for p in range(self.n))
        state.enabled = tuple(p for p, what in enumerate(state.pending)
                              if what.__class__ is Operation and (not what.blocks or self._may(p, what)))
        return state

    def _pending(self, process: int, state: State) -> Operation | Outcome:
        ended = next((did for p, (did, _) in zip(state.schedule, state.log, strict=True)
                      if p == process and did.kind in ENDS), None) if self.fresh or self.death else None
        if ended and ended.kind == "SIGKILL":
            return Outcome("killed", "SIGKILL")
        if self.death == (process, state.schedule.count(process)):
            return self._ending(process, "SIGKILL")
        what = self._crew.pending(process)
        return self._ending(process, "exit") if self.fresh and not ended and isinstance(what, Outcome) else what

    def _may(self, process: int, operation: Operation) -> bool:
        if self.fresh or operation.args is None:
            return self._crew.may(process)
        return self._objects[operation.object].may(operation.kind, *operation.args)

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
        objects = [asdict(each) for each in (*self.first_values, *(p for p in self._parts if p.label in touched))]
        return Trace.from_json(json.dumps({"processes": self.names, "objects": objects, "events": done, "notes": []}))

    # -- names and numbers ----------------------------------------------------------------------------------------

    def _operation(self, said: dict) -> Operation:
        if said.pop("timed"):
            raise CannotGoOn(f"{said['kind']} on {said['label']} has a time limit, and time is not explored; "
                             "leave timeout= out, or use the _nowait verb")
        if said["object"] not in self._objects:
            raise CannotGoOn(f"{said['label']} is not among the objects that the processes are given; make it in the "
                             "function that returns the System, and give it to them")
        args = said.pop("args")
        return self._known(Operation(0, **said, args=None if args is None else tuple(args)))

    def _ending(self, process: int, kind: str) -> Operation:
        name = f"process {self.names[process]}"
        return self._known(Operation(0, kind, name, name, "", False, self._held[process]))

    def _known(self, operation: Operation) -> Operation:
        number = self._intern(("operation", operation.kind, operation.label, operation.args, operation.argument))
        return self._interned.setdefault(number, replace(operation, number=number))

    def _intern(self, key: tuple) -> int:
        return self._numbers.setdefault(key, len(self._numbers) + 1)

    def _divergence(self, state: State, log: tuple) -> str:
        for step, (then, now, p) in enumerate(zip(state.log, log, state.schedule, strict=True)):
            if then != now:
                return self._differs(p, step, then[0], now[0])
        p = next(p for p in range(self.n) if self._pending(p, state) != state.pending[p])
        return self._differs(p, len(log), state.pending[p], self._pending(p, state))

    def _differs(self, p: int, step: int, then: object, now: object) -> str:
        return (f"process {self.names[p]} is not the same each time: after the same {step} operations it once did "
                f"{then}, and then {now}. Does it use time, randomness, a process id, or what an earlier run left?")

