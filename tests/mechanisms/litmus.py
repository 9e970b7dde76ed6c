"""A small model of memory: which results two processes can have, when the processor may reorder what each of them does.

It is a model, not a measurement. On the machine at hand a reordering may never show, and on x86-64 most of them cannot;
this way every order that a machine permits is tried. Memory is one, as on Arm since version 8 ("other-multi-copy
atomic", Arm ARM B2.3): what one process stores, all others see at the same moment. So all that can happen is that a
process's accesses take effect in another order than that of its program. Two of them keep their order

- if both are on the same cell;
- on every machine, if a FENCE stands between them;
- on x86-64 always, but for a store followed by a load ("total store order", Intel SDM 3A 9.2).

Arm also keeps a store behind a branch that depends on an earlier load. The model does not count on that, so what it
forbids, Arm forbids.

A BARRIER is the membarrier(2) of one process: at that moment what the other has done so far is the beginning of its
program, with nothing missing and nothing ahead of its turn.
"""

from __future__ import annotations

from collections.abc import Iterator

FENCE, BARRIER = ("fence",), ("barrier",)
Step = tuple                         # ("store", cell, value), ("load", cell), FENCE or BARRIER


def arm(first: Step, second: Step) -> bool:
    """Does Arm keep these two accesses of a program, no fence between them, in order?"""
    return first[1] == second[1]


def x86(first: Step, second: Step) -> bool:
    return first[1] == second[1] or not (first[0] == "store" and second[0] == "load")


def outcomes(programs: list[list[Step]], keeps=arm, memory: dict | None = None) -> set[tuple]:
    """All that the loads can have given: for each process a tuple of (cell, value) in the order of its program."""
    before = [[_before(program, i, keeps) for i in range(len(program))] for program in programs]
    start = tuple(frozenset() for _ in programs), frozenset((memory or {}).items()), frozenset()
    seen, todo, found = {start}, [start], set()
    while todo:
        done, memory_now, loaded = state = todo.pop()
        if all(len(did) == len(program) for did, program in zip(done, programs, strict=True)):
            found.add(_read(programs, loaded))
        for following in _steps(programs, before, *state):
            if following not in seen:
                seen.add(following)
                todo.append(following)
    return found


def _before(program: list[Step], i: int, keeps) -> frozenset[int]:
    """The steps that must have taken effect before step `i` does."""
    fences = [k for k, step in enumerate(program) if step in (FENCE, BARRIER)]
    return frozenset(k for k in range(i) if k in fences or i in fences or any(k < fence < i for fence in fences)
                     or keeps(program[k], program[i]))


def _steps(programs, before, done, memory, loaded) -> Iterator[tuple]:
    for process, program in enumerate(programs):
        for i, step in enumerate(program):
            if i in done[process] or not before[process][i] <= done[process]:
                continue
            if step == BARRIER and any(did != frozenset(range(len(did))) for did in done):
                continue
            now = tuple(did | {i} if p == process else did for p, did in enumerate(done))
            cells = dict(memory)
            if step[0] == "store":
                cells[step[1]] = step[2]
            read = loaded | {(process, i, cells.get(step[1], 0))} if step[0] == "load" else loaded
            yield now, frozenset(cells.items()), read


def _read(programs, loaded) -> tuple:
    values = {(process, i): value for process, i, value in loaded}
    return tuple(tuple((step[1], values[process, i]) for i, step in enumerate(program) if step[0] == "load")
                 for process, program in enumerate(programs))
