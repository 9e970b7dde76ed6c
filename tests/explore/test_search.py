"""The searches miss nothing: what they find is what brute force finds, on random programs with every kind of operation.

A seeded fault in the reduction must be caught by the same comparison, or the comparison is worth nothing.
"""

import functools

import pytest
from model import Instruction, Model, Program, ends, random_program

from ipclab.explore import _search
from ipclab.explore._search import brute_force, by_races, by_states, with_few_switches

REDUCED = [by_states, by_races]
TOO_MANY = 3000                          # schedules that brute force is asked for


@functools.cache
def truth(seed):
    """What brute force finds; None if that is too much for it."""
    return ends(brute_force, random_program(seed), most=TOO_MANY)


def disagreements(seeds):
    """(seed, search) wherever a search finds other ends than brute force."""
    for seed in seeds:
        if truth(seed) is not None:
            program = random_program(seed)
            yield from ((seed, search.__name__) for search in REDUCED if ends(search, program) != truth(seed))


def test_brute_force_and_the_reduced_searches_agree():
    assert not list(disagreements(range(1000)))
    assert sum(truth(seed) is not None for seed in range(1000)) > 900


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 20_000, 2_000))
def test_they_agree_on_twenty_thousand_programs(start):
    assert not list(disagreements(range(start, start + 2_000)))


def test_every_kind_of_operation_is_among_the_programs():
    kinds = {instruction.kind for seed in range(1000)
             for body in random_program(seed).processes for instruction in body}
    assert kinds == {"P", "V", "P_nowait", "load", "store", "send", "receive"}


def also(*pairs):
    """An independence that is claimed for these pairs of kinds as well."""
    claimed = {frozenset(pair) for pair in pairs}
    return lambda a, b: a.label != b.label or frozenset((a.kind, b.kind)) in claimed


FAULTS = {
    "loads and stores may change places": ("independent", also(("load", "store"), ("load", "load"))),
    "loads and stores commute": ("commute", also(("load", "store"), ("load", "load"))),
    "stores commute": ("commute", also(("store", "store"))),
    "tries may change places with V": ("independent", also(("V", "P_nowait"))),
    "tries commute with V": ("commute", also(("V", "P_nowait"))),
    "sends may change places": ("independent", also(("send", "send"))),
    "sends commute": ("commute", also(("send", "send"))),
    "everything is independent": ("independent", lambda a, b: True),
    "a V hides the P before it": ("_enables", lambda a, b: False),
    "all sleep on": ("_still_asleep", lambda state, asleep, process, free: frozenset(asleep) - {process}),
    "no other order is ever wanted": ("_want_other_order", lambda *_: None),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_reduction_is_caught(fault, monkeypatch):
    name, wrong = FAULTS[fault]
    monkeypatch.setattr(_search, name, wrong)
    assert any(disagreements(range(1000)))


def test_independent_processes_need_one_run():
    bodies = tuple((Instruction("store", label, 1), Instruction("load", label)) for label in ("x", "y"))
    runs = []
    for search in (brute_force, by_races):
        found = []
        list(search(Model(Program(bodies, (0, 0), 1)), found.append))
        runs.append(len(found))
    assert runs == [6, 1]


def test_preemptions_are_bounded_and_the_fewest_switches_win():
    """A process that stores, tests and stores again goes wrong only if it is interrupted once."""
    program = Program(((Instruction("store", "x", 1), Instruction("load", "x"), Instruction("store", "y")),
                       (Instruction("store", "x", 5),)), (0, 0), 1)

    def failures(preemptions):
        found = []

        def ended(state):
            if state.store["y"] == 6:
                found.append(state.schedule)
            return state.store["y"] == 6

        for _ in with_few_switches(Model(program), ended, preemptions):
            pass
        return found

    assert failures(0) == []
    assert failures(1)[-1] == bytes([0, 1, 0, 0])
    assert failures(2)[-1] == bytes([0, 1, 0, 0])
