"""Random programs as real processes on real kernel objects: the explorer finds the ends that the toy engine finds."""

import pytest
from model import CELLS, QUEUES, SEMAPHORES, Instruction, Program, ends, random_program

from ipclab import errors
from ipclab.explore._engine import Engine
from ipclab.explore._search import brute_force, by_races, by_states
from ipclab.explore.system import System
from ipclab.mechanisms.message_queues import MessageQueue
from ipclab.mechanisms.semaphores import Semaphore
from ipclab.mechanisms.shared_memory import SharedInteger
from ipclab.processes import process

MESSAGE = "{:03d}"


def as_system(program: Program):
    def make():
        objects = {label: Semaphore(value, label=label)
                   for label, value in zip(SEMAPHORES, program.semaphores, strict=True)}
        objects |= {label: SharedInteger(0, label=label) for label in CELLS}
        objects |= {label: MessageQueue(label, max_bytes=3 * program.capacity) for label in QUEUES}

        def follow(body):
            register = 0
            for each in body:
                if not (each.if_even and register % 2):
                    register = perform(each, objects[each.label], register)
            return register

        return System(*(process(follow, body, name=f"p{i}") for i, body in enumerate(program.processes)),
                      may_stick=True)

    return make


def perform(each: Instruction, on, register: int) -> int:
    value = register + 1 if each.value is None else each.value
    if each.kind == "store":
        on.store(value)
    elif each.kind == "send":
        on.send(MESSAGE.format(value))
    elif each.kind in ("load", "receive"):
        return int(getattr(on, each.kind)())
    elif each.kind == "P_nowait":
        try:
            on.P_nowait()
        except errors.WouldBlock:
            return register + 1
    else:
        getattr(on, each.kind)()
    return register


def real_ends(search, program: Program) -> set:
    """What processes returned, who is stuck, and what the cells and semaphores are in the end."""
    found = set()
    with Engine(as_system(program)) as engine:
        labelled = {each.label: each for each in engine.objects}

        def ended(state) -> bool:
            final = engine.final(state)
            found.add((tuple(sorted(final.outcomes.items())), final.stuck,
                       *(labelled[label].state() for label in (*SEMAPHORES, *CELLS))))
            return False

        for _ in search(engine, ended):
            pass
    return found


def as_real(found: set) -> set:
    """The toy engine's ends, said as those of the real one."""
    return {(tuple((f"p{i}", r) for i, (r, s) in enumerate(zip(registers, stuck, strict=True)) if not s),
             tuple(f"p{i}" for i, s in enumerate(stuck) if s), *(dict(store)[label] for label in (*SEMAPHORES, *CELLS)))
            for registers, store, stuck in found}


def check(seed: int) -> None:
    program = random_program(seed)
    truth = ends(brute_force, program, most=1000)
    if truth is not None:
        for search in (by_states, by_races):
            assert real_ends(search, program) == as_real(truth), (seed, search.__name__)


@pytest.mark.parametrize("start", range(0, 40, 10))
def test_real_processes_end_as_the_toy_ones(start):
    for seed in range(start, start + 10):
        check(seed)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(40, 1040, 100))
def test_a_thousand_programs_as_real_processes(start):
    for seed in range(start, start + 100):
        check(seed)
