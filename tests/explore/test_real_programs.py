"""Random programs as real processes on real kernel objects: the explorer finds the ends that the toy engine finds.

So the toy is like the kernel, and what the engine takes to be the same state is the same state.
"""

import pytest
from model import CELLS, HARD, PIPE, PRIORITIES, QUEUES, SEMAPHORES, UNDONE, Instruction, Program, ends, random_program

from ipclab import errors
from ipclab.explore import _search
from ipclab.explore._engine import Engine
from ipclab.explore._search import brute_force, by_races, by_states
from ipclab.explore._states import State
from ipclab.explore.system import System
from ipclab.mechanisms.message_queues import MessageQueue, PosixQueue
from ipclab.mechanisms.pipes import Pipe
from ipclab.mechanisms.semaphores import Semaphore
from ipclab.mechanisms.shared_memory import SharedInteger
from ipclab.processes import process

MESSAGE = "{:03d}"


def as_system(program: Program):
    def make():
        objects = {label: Semaphore(program.semaphores.get(label, 0), label=label, undo=label in UNDONE)
                   for label in (*SEMAPHORES, *UNDONE) if used(label)}
        objects |= {label: SharedInteger(0, label=label) for label in CELLS}
        objects |= {label: MessageQueue(label, max_bytes=3 * program.capacity) for label in QUEUES if used(label)}
        objects |= {label: PosixQueue(program.capacity, 3, label=label) for label in PRIORITIES if used(label)}
        pipe = Pipe(label=PIPE[0]) if used(PIPE[0]) else None

        def given(p):
            """A process knows only what it uses: what it has open, the others cannot see the end of."""
            mine = {each.label: objects[each.label] for each in program.processes[p] if each.label in objects}
            return mine | {writing: pipe.writer if writing else pipe.reader for _, writing in program.ends(p)}

        return System(*(process(follow, body, given(p), name=f"p{p}") for p, body in enumerate(program.processes)),
                      may_stick=True)

    def used(label):
        return any(each.label == label for body in program.processes for each in body)

    return make


def follow(body, objects):
    register = 0
    for each in body:
        if not (each.if_even and register % 2):
            register = perform(each, objects, register)
    return register


def perform(each: Instruction, objects: dict, register: int) -> int:
    kind, given = each.kind, register + 1 if each.value is None else each.value
    on = objects[kind == "write" or kind == "close" and bool(each.how) if each.label in PIPE else each.label]
    try:
        if kind == "store":
            on.store(given)
        elif kind == "send":
            on.send(MESSAGE.format(given), each.how)
        elif kind.startswith("receive"):
            return int(getattr(on, kind)(each.how) if each.label in QUEUES else getattr(on, kind)())
        elif kind == "load":
            return on.load()
        elif kind == "write":
            on.write(bytes(range(given, given + each.how)))
        elif kind == "read":
            return int.from_bytes(on.read(1))
        else:
            getattr(on, kind)()
    except (errors.WouldBlock, errors.Closed):
        return register + 1
    return register


def real_ends(search, program: Program, most: int | None = None) -> set | None:
    """What processes returned, who is stuck, and what the cells and semaphores are in the end. None: too many runs."""
    found = set()
    with Engine(as_system(program), death=program.death) as engine:

        def ended(state) -> bool:
            final, now = engine.final(state), {each.label: each.state() for each in engine.objects}
            found.add((tuple(sorted(final.outcomes.items())), final.stuck,
                       *(now.get(label) for label in (*SEMAPHORES, *UNDONE, *CELLS))))
            return False

        for i, _ in enumerate(search(engine, ended)):
            if most is not None and i > most:
                return None
    return found


def as_real(found: set, program: Program) -> set:
    """The toy engine's ends, said as those of the real one."""
    used = {each.label for body in program.processes for each in body} | {*CELLS}

    def said(outcomes, _, store):
        store = dict(store)
        return (tuple((f"p{i}", outcome) for i, outcome in enumerate(outcomes) if outcome not in ("stuck", None)),
                tuple(f"p{i}" for i, outcome in enumerate(outcomes) if outcome == "stuck"),
                *(store[label] if label in used else None for label in (*SEMAPHORES, *UNDONE, *CELLS)))

    return {said(*each) for each in found}


def disagreement(seed: int, most: int = 300) -> str:
    program = random_program(seed)
    truth = ends(brute_force, program, most=most if seed >= 0 else None)
    dear = program.fresh and seed >= 0 and ends(by_races, program, most=60) is None
    if truth is None or dear:
        return ""
    for search in (by_states, by_races):
        if real_ends(search, program) != as_real(truth, program):
            return f"program {seed}, {search.__name__}"
    return ""


SEEDS = range(-len(HARD), 30)
LASTING = [seed for seed in SEEDS if not random_program(seed).fresh]
FRESH = [seed for seed in SEEDS if random_program(seed).fresh][:6]


@pytest.mark.parametrize("seeds", [LASTING, FRESH], ids=["lasting", "fresh"])
def test_real_processes_end_as_the_toy_ones(seeds):
    assert not [*filter(None, map(disagreement, seeds))]


def without(labels):
    """The key of a state, from which the content of these objects is left out."""
    return property(lambda s: (s.histories, frozenset(item for item in s.store.items() if item[0] not in labels)))


FAULTS = {
    "the end of a process touches nothing": (_search, "_touched", lambda operation: {operation.object}),
    "cells are left out of the state": (State, "key", without(CELLS)),
    "queues are left out of the state": (State, "key", without({*QUEUES, *PRIORITIES})),
    "what a process saw is left out of the state": (State, "key", property(lambda s: frozenset(s.store.items()))),
    "what is foreseen is the present state": (Engine, "foresee", lambda engine, state, process: state.key),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_what_the_engine_takes_for_the_same_is_caught(fault, monkeypatch):
    monkeypatch.setattr(*FAULTS[fault])
    assert any(map(disagreement, FRESH if "end of" in fault else LASTING))


@pytest.mark.slow
@pytest.mark.parametrize("start", range(30, 1030, 100))
def test_a_thousand_programs_as_real_processes(start):
    assert not [*filter(None, map(disagreement, range(start, start + 100)))]
