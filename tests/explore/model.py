"""Random small programs, and a toy engine that runs them in this process: for checking the searches, not for verdicts.

A program is a list of instructions for each process: an operation with its label and argument. A process has one
register: loads, receives and failed tries go into it, stores and sends may take their value from it, and an instruction
may be skipped if the register is odd, so that what is done depends on what was seen.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from ipclab.explore._states import Operation, Outcome, State

SEMAPHORES, CELLS, QUEUES = ("s", "t"), ("x", "y"), ("q", "r")
BLOCKING = {"P", "receive", "send"}


@dataclass(frozen=True)
class Instruction:
    kind: str
    label: str
    value: int | None = None         # store, send: this, or the register + 1
    if_even: bool = False            # skipped if the register is odd


@dataclass(frozen=True)
class Program:
    processes: tuple[tuple[Instruction, ...], ...]
    semaphores: tuple[int, ...]
    capacity: int


def random_program(seed: int, processes: int = 3, most: int = 4) -> Program:
    draw = random.Random(seed)

    def instruction() -> Instruction:
        kind = draw.choice(["P", "P", "V", "V", "P_nowait", "load", "load", "store", "store", "send", "receive"])
        family = CELLS if kind in ("load", "store") else QUEUES if kind in ("send", "receive") else SEMAPHORES
        return Instruction(kind, draw.choice(family), draw.choice([None, 1, 2]), draw.random() < 0.2)

    bodies = tuple(tuple(instruction() for _ in range(draw.randint(1, most)))
                   for _ in range(draw.randint(2, processes)))
    return Program(bodies, tuple(draw.randint(0, 2) for _ in SEMAPHORES), draw.randint(1, 2))


class Model:
    """The interface of the real engine, for one program."""

    def __init__(self, program: Program):
        self.program, self.runs = program, 0
        self.known: dict[tuple, Operation] = {}

    def go_to(self, state: State | None = None) -> State:
        self.runs += 1
        if state is not None:
            return state
        n = len(self.program.processes)
        store = {**dict(zip(SEMAPHORES, self.program.semaphores, strict=True)),
                 **{x: 0 for x in CELLS}, **{q: () for q in QUEUES}}
        return self.state(b"", (), (0,) * n, (0,) * n, store)

    def state(self, schedule, log, places, registers, store) -> State:
        pending, settled = [], []
        for p, (place, register) in enumerate(zip(places, registers, strict=True)):
            body = self.program.processes[p]
            while place < len(body) and body[place].if_even and register % 2:
                place += 1
            settled.append(place)
            pending.append(self.operation(body[place], register) if place < len(body)
                           else Outcome("returned", register))
        enabled = tuple(p for p, what in enumerate(pending) if isinstance(what, Operation) and self.may(what, store))
        return State(schedule, log, tuple(pending), enabled, (tuple(settled), registers), store)

    def foresee(self, state: State, process: int) -> tuple | None:
        return self.step(state, process).key if process % 2 else None

    def operation(self, instruction: Instruction, register: int) -> Operation:
        value = register + 1 if instruction.value is None else instruction.value
        argument = value if instruction.kind in ("store", "send") else None
        key = (instruction.kind, instruction.label, argument)
        if key not in self.known:
            self.known[key] = Operation(len(self.known), instruction.kind, instruction.label, instruction.label, "",
                                        instruction.kind in BLOCKING, (), argument)
        return self.known[key]

    def may(self, operation: Operation, store: dict) -> bool:
        what = store[operation.label]
        if operation.kind == "P":
            return what > 0
        if operation.kind == "receive":
            return bool(what)
        return operation.kind != "send" or len(what) < self.program.capacity

    def step(self, state: State, process: int) -> State:
        operation, (places, registers) = state.pending[process], state.histories
        assert self.may(operation, state.store)
        store, result = dict(state.store), registers[process]
        was = store[operation.label]
        if operation.kind == "P" or operation.kind == "P_nowait" and was > 0:
            store[operation.label] = was - 1
        elif operation.kind == "P_nowait":
            result += 1
        elif operation.kind == "V":
            store[operation.label] = was + 1
        elif operation.kind == "load":
            result = was
        elif operation.kind == "store":
            store[operation.label] = operation.argument
        elif operation.kind == "send":
            store[operation.label] = (*was, operation.argument)
        else:
            result, store[operation.label] = was[0], was[1:]
        places = tuple(place + (p == process) for p, place in enumerate(places))
        registers = tuple(result if p == process else register for p, register in enumerate(registers))
        return self.state(state.schedule + bytes((process,)), (*state.log, (operation, result)), places, registers,
                          store)


def ends(search, program: Program, *options, most: int | None = None) -> set | None:
    """All the ways in which the program can end: what is stored and known then, and who is stuck. None: too many."""
    found, model = set(), Model(program)

    def ended(state: State) -> bool:
        found.add((state.histories[1], tuple(sorted(state.store.items())),
                   tuple(isinstance(what, Operation) for what in state.pending)))
        return False

    for i, _ in enumerate(search(model, ended, *options)):
        if most is not None and i > most:
            return None
    return found
