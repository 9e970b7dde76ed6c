"""Random small programs, and a toy engine that runs them in this process: for checking the searches, not for verdicts.

A program is a list of instructions for each process. A process has one register: what is loaded, received or read goes
into it, a failed try adds one to it; what is stored, sent or written may be the register + 1 (so load and store make an
update), and an instruction may be skipped if the register is odd, so that what is done depends on what was seen.

Every kind of operation that the explorer takes is among them: P, V and P_nowait, also with undo; load and store; a
System V queue with types, a POSIX queue with priorities; a pipe, read, written and closed; the end of a process, and
its death. (An operation with a time limit is refused by the explorer, so it is not here.)
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ipclab.explore._states import Operation, Outcome, State

SEMAPHORES, UNDONE, CELLS, QUEUES, PRIORITIES, PIPE = ("s", "t"), ("u",), ("x", "y"), ("q", "r"), ("m",), ("pipe",)
KINDS = {
    SEMAPHORES: ("P", "P", "V", "V", "P_nowait"),
    UNDONE: ("P", "P", "V", "P_nowait"),
    CELLS: ("load", "load", "store", "store"),
    QUEUES: ("send", "send", "receive", "receive", "receive_nowait"),
    PRIORITIES: ("send", "send", "receive", "receive", "receive_nowait"),
    PIPE: ("write", "write", "read", "read", "close"),
}
START = "t"
BLOCKING = {"P", "receive", "send", "read", "write"}
GIVES = {"store", "send", "write"}


@dataclass(frozen=True)
class Instruction:
    kind: str
    label: str
    value: int | None = None         # what is given: this, or the register + 1
    how: int = 0                     # type or priority of a message; type wanted; bytes written; close the writing end?
    if_even: bool = False            # skipped if the register is odd


@dataclass(frozen=True)
class Program:
    processes: tuple[tuple[Instruction, ...], ...]
    semaphores: dict[str, int]
    capacity: int = 1                # messages that a queue holds
    death: tuple[int, int] | None = None     # (process, n): killed after its n-th operation

    @property
    def fresh(self) -> bool:
        """Is there something that changes when a process ends?"""
        return any(self.lasting(p) for p in range(len(self.processes)))

    def lasting(self, p: int) -> tuple[str, ...]:
        return tuple(sorted({each.label for each in self.processes[p]} & {*UNDONE, *PIPE}))

    def ends(self, p: int) -> Iterator[tuple[int, bool]]:
        """The ends of the pipe that the process has: those it uses. (process, is it the writing one?)"""
        for each in self.processes[p]:
            if each.label in PIPE:
                yield p, each.kind == "write" or each.kind == "close" and bool(each.how)


def _bodies(*texts: str) -> tuple[tuple[Instruction, ...], ...]:
    """"send q 1 2; V t" is: send 1 with type 2 to q, then V on t."""
    def instruction(text: str) -> Instruction:
        kind, label, *numbers = text.split()
        value, how = [*map(int, numbers), 0, 0][:2]
        return Instruction(kind, label, value, how)

    return tuple(tuple(map(instruction, text.split("; "))) for text in texts)


HARD = [
    # A receive that wants another type than the one before it, and could not have been done in its place.
    Program(_bodies("send r 1 2; receive_nowait r", "send r 2 1; receive r 0 -2", "receive r 0 2"), {}),
    # Who sends second could not have sent first: another must go before him.
    Program(_bodies("send q 1 2", "send r 2 2", "receive r 0 -2; send q 2 2"), {}),
    # Who waits in a run that is given up, because the others sleep, might have received earlier.
    Program(_bodies("store x 2", "send q 1 1; receive q", "receive q 0 1; load x"), {}, capacity=2),
    # Nobody but the receiver can tell who was first.
    Program(_bodies("send q 1 1; V t", "send q 2 1; V t", "P t; P t; receive q"), {"t": 0}, capacity=2),
    Program(_bodies("write pipe 1 1; V t; P s", "write pipe 2 1; V t; P s", "P t; P t; read pipe"), {"s": 0, "t": 0}),
    # Two contend for what a third has put there before.
    Program(_bodies("send q 1 1; send q 2 1; V t; V t", "P t; receive q", "P t; receive q"), {"t": 0}, capacity=2),
    Program(_bodies("P t; P t; write pipe 1 2; P s", "V t; read pipe; P s", "V t; read pipe; P s"), {"s": 0, "t": 0}),
    Program(_bodies("P s; V s", "P s; V t", "P s; P t; V s"), {"s": 1, "t": 0}),
]


def random_program(seed: int, most: int = 4) -> Program:
    """On one to three objects, so that the processes get in each other's way. Below zero, one of the `HARD`."""
    if seed < 0:
        return HARD[seed]
    draw, starts = random.Random(seed), seed % 8 in (1, 3, 5)
    labels = draw.sample([*SEMAPHORES, *CELLS, *QUEUES, *PRIORITIES], draw.randint(1, 3))
    if seed % 4 == 3:                                        # with ends of processes, whose steps count as well
        labels, most = [draw.choice([*UNDONE, *PIPE]), *PIPE, *labels[1:]], most - 1

    def instruction() -> Instruction:
        label = draw.choice(labels)
        family = next(family for family in KINDS if label in family)
        kind = draw.choice(KINDS[family])
        how = draw.choice([0, 1, 2, -1, -2] if family is QUEUES and kind != "send" else [1, 2])
        return Instruction(kind, label, draw.choice([None, 1, 2]), how - (kind == "close"), draw.random() < 0.2)

    bodies = [[instruction() for _ in range(draw.randint(1, most))] for _ in range(draw.randint(2, 3))]
    if starts:
        bodies = started_by_the_first(bodies, [instruction() for _ in range(2)])
    bodies = tuple(map(tuple, bodies))
    death = (draw.randrange(len(bodies)), draw.randrange(3)) if draw.random() < 0.1 else None
    first = {s: 0 if starts and s == START else draw.randint(0, 2) for s in (*SEMAPHORES, *UNDONE)}
    return Program(bodies, first, draw.randint(1, 2), death)


def started_by_the_first(bodies: list[list[Instruction]], before: list[Instruction]) -> list[list[Instruction]]:
    """The first process alone puts something into the objects; then all contend for what is there."""
    first, *others = bodies
    filling = [replace(each, kind={"receive": "send", "load": "store", "P": "V"}.get(each.kind, each.kind), how=1)
               for each in before]
    return [[*filling, *[Instruction("V", START)] * len(others), *first[:1]],
            *([Instruction("P", START), *other[:3]] for other in others)]


class Model:
    """The interface of the real engine, for one program."""

    def __init__(self, program: Program):
        self.program, self.n, self.runs = program, len(program.processes), 0
        self.known: dict[tuple, Operation] = {}

    def go_to(self, state: State | None = None) -> State:
        self.runs += 1
        if state is not None:
            return state
        open_ends = frozenset(end for p in range(self.n) for end in self.program.ends(p))
        store = {**dict.fromkeys((*SEMAPHORES, *UNDONE, *CELLS), 0), **self.program.semaphores,
                 **dict.fromkeys((*QUEUES, *PRIORITIES, *PIPE), ()), "undo": (0,) * self.n, "open": open_ends}
        return self.state(b"", (), (0,) * self.n, (0,) * self.n, store)

    def state(self, schedule, log, places, registers, store) -> State:
        pending, settled = [], []
        for p, (place, register) in enumerate(zip(places, registers, strict=True)):
            body = self.program.processes[p]
            while place < len(body) and body[place].if_even and register % 2:
                place += 1
            settled.append(place)
            pending.append(self.pending(p, place, register, schedule))
        enabled = tuple(p for p, what in enumerate(pending) if isinstance(what, Operation) and self.may(p, what, store))
        return State(schedule, log, tuple(pending), enabled, (tuple(settled), registers), store)

    def pending(self, p: int, place: int, register: int, schedule: bytes) -> Operation | Outcome:
        body = self.program.processes[p]
        if place > len(body):
            return Outcome("returned", register) if place == len(body) + 1 else Outcome("killed", None)
        if self.program.death == (p, schedule.count(p)):
            return self.ending(p, "SIGKILL")
        if place < len(body):
            return self.operation(body[place], register)
        return self.ending(p, "exit") if self.program.fresh else Outcome("returned", register)

    def ending(self, p: int, kind: str) -> Operation:
        return self.noted(kind, f"process p{p}", self.program.lasting(p), None)

    def operation(self, each: Instruction, register: int) -> Operation:
        value = register + 1 if each.value is None else each.value
        return self.noted(each.kind, each.label, (each.how,), value if each.kind in GIVES else None)

    def noted(self, kind: str, label: str, args: tuple, argument: int | None) -> Operation:
        key = kind, label, args, argument
        return self.known.setdefault(key, Operation(len(self.known), kind, label, label, "", kind in BLOCKING, args,
                                                    argument))

    def may(self, p: int, operation: Operation, store: dict) -> bool:
        kind, what = operation.kind, store.get(operation.label)
        if kind == "P":
            return what > 0
        if kind == "receive":
            return chosen(what, operation) is not None
        if kind == "read":
            return bool(what) or (p, False) not in store["open"] or not any(writing for _, writing in store["open"])
        return kind != "send" or len(what) < self.program.capacity

    def foresee(self, state: State, process: int) -> tuple | None:
        return self.step(state, process).key if process % 2 else None

    def step(self, state: State, process: int) -> State:
        operation, (places, registers) = state.pending[process], state.histories
        assert self.may(process, operation, state.store)
        store = dict(state.store)
        register = self.perform(process, operation, store, registers[process])
        gone = len(self.program.processes[process]) + 2
        places = tuple((gone if operation.kind == "SIGKILL" else place + 1) if p == process else place
                       for p, place in enumerate(places))
        registers = tuple(register if p == process else old for p, old in enumerate(registers))
        return self.state(state.schedule + bytes((process,)), (*state.log, (operation, register)), places, registers,
                          store)

    def perform(self, p: int, operation: Operation, store: dict, register: int) -> int:
        """Change the store; the new register."""
        kind, label, argument = operation.kind, operation.label, operation.argument
        if kind in ("exit", "SIGKILL"):
            self.end(p, store)
            return register
        was = store[label]
        if kind == "P" or kind == "P_nowait" and was > 0 or kind == "V":
            change = 1 if kind == "V" else -1
            store[label] = was + change
            if label in UNDONE:
                store["undo"] = tuple(n - change if q == p else n for q, n in enumerate(store["undo"]))
        elif kind == "load":
            return was
        elif kind == "store":
            store[label] = argument
        elif kind == "send":
            store[label] = (*was, (argument, operation.args[0]))
        elif kind in ("receive", "receive_nowait") and (i := chosen(was, operation)) is not None:
            store[label] = was[:i] + was[i + 1:]
            return was[i][0]
        elif kind == "close":
            store["open"] -= {(p, bool(operation.args[0]))}
        elif kind == "write" and (p, True) in store["open"] and any(not writing for _, writing in store["open"]):
            store[label] = (*was, *range(argument, argument + operation.args[0]))
        elif kind == "read" and (p, False) in store["open"]:
            store[label] = was[1:]
            return was[0] if was else 0                      # nothing: the end of file
        else:
            return register + 1                              # a try that failed, or an end that is closed
        return register

    def end(self, p: int, store: dict) -> None:
        """What the kernel does when a process ends: exit_sem() of ipc/sem.c never goes below zero."""
        for label in UNDONE:
            if label in self.program.lasting(p):
                store[label] = max(0, store[label] + store["undo"][p])
        store["undo"] = tuple(0 if q == p else n for q, n in enumerate(store["undo"]))
        store["open"] = frozenset(end for end in store["open"] if end[0] != p)


def chosen(messages: tuple, operation: Operation) -> int | None:
    """The place of the message that is taken; msgop(2), mq_overview(7)."""
    if operation.label in PRIORITIES:
        return min(range(len(messages)), key=lambda i: -messages[i][1], default=None)
    wanted = operation.args[0]
    fit = [i for i, (_, type) in enumerate(messages) if wanted == 0 or type == wanted or type <= -wanted]
    return min(fit, key=lambda i: messages[i][1] if wanted < 0 else i, default=None)


def ends(search, program: Program, *options, most: int | None = None) -> set | None:
    """All the ways in which the program can end: (outcomes, what each knows, what is stored). None: too many runs."""
    found, model = set(), Model(program)

    def ended(state: State) -> bool:
        outcomes = tuple("stuck" if isinstance(what, Operation) else what.value for what in state.pending)
        found.add((outcomes, state.histories[1], tuple(sorted(state.store.items(), key=lambda item: item[0]))))
        return False

    for i, _ in enumerate(search(model, ended, *options)):
        if most is not None and i > most:
            return None
    return found
