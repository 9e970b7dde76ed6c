"""The searches miss nothing: what they find is what brute force finds, on random programs with every kind of operation.

A seeded fault in the reduction must be caught by the same comparison, or the comparison is worth nothing.
"""

import functools

import pytest
from model import HARD, KINDS, Instruction, Model, Program, ends, random_program

from ipclab.explore import _search
from ipclab.explore._search import brute_force, by_races, by_states, switches, with_few_switches
from ipclab.explore._states import Operation, State
from ipclab.explore.explorer import Exploration

REDUCED = [by_states, by_races]
BOUNDED = range(-len(HARD), 400)         # the programs in `make test`
TOO_MANY = 600                           # schedules that brute force is asked for


@functools.cache
def truth(seed):
    """What brute force finds; None if that is too much for it."""
    return ends(brute_force, random_program(seed), most=TOO_MANY if seed >= 0 else None)


def disagreements(seeds):
    """(seed, search) wherever a search finds other ends than brute force."""
    for seed in seeds:
        if truth(seed) is not None:
            program = random_program(seed)
            yield from ((seed, search.__name__) for search in REDUCED if ends(search, program) != truth(seed))


def test_brute_force_and_the_reduced_searches_agree():
    assert not list(disagreements(BOUNDED))
    assert sum(truth(seed) is not None for seed in BOUNDED) > 0.8 * len(BOUNDED)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 20_000, 2_000))
def test_they_agree_on_twenty_thousand_programs(start):
    assert not list(disagreements(range(start, start + 2_000)))


def test_every_kind_of_operation_is_among_the_programs():
    programs = [random_program(seed) for seed in BOUNDED]
    done = {(each.kind, each.label) for program in programs for body in program.processes for each in body}
    assert done == {(kind, label) for family, kinds in KINDS.items() for kind in kinds for label in family}
    assert sum(program.fresh for program in programs) > len(BOUNDED) / 10         # ends of processes count
    assert sum(program.death is not None for program in programs) > len(BOUNDED) / 20
    types = {each.how for program in programs for body in program.processes for each in body if each.label in "qr"}
    assert types == {0, 1, 2, -1, -2}


def also(name, *kinds):
    """`independent` or `commute`, which claims it of these kinds of operations on one thing as well."""
    right = getattr(_search, name)
    return _search, name, lambda a, b: right(a, b) or a.label == b.label and {a.kind, b.kind} == {*kinds}


def only_its_own_order(node, events, process, operation, known):
    """The other order is tried only where the process itself could go first."""
    if process in node.state.enabled:
        node.wanted.add(process)


def same_kind(state, event, process, operation):
    """What one receive can do another can, too: false, for they may want different types."""
    return not operation.blocks or operation.kind == event.operation.kind


def only_of_the_stuck(nodes, events):
    """Races of those who wait count only where the run is really over."""
    if not nodes[-1].state.enabled:
        of_all(nodes, events)


of_all = _search._races_of_those_who_wait
FAULTS = {
    # Who may change places with whom
    "loads and stores may change places": also("independent", "load", "store"),
    "loads and stores commute": also("commute", "load", "store"),
    "stores may change places": also("independent", "store"),
    "stores commute": also("commute", "store"),
    "P and P may change places": also("independent", "P"),
    "P and P commute": also("commute", "P"),
    "tries may change places with V": also("independent", "V", "P_nowait"),
    "tries commute with V": also("commute", "V", "P_nowait"),
    "sends may change places": also("independent", "send"),
    "sends commute": also("commute", "send"),
    "receives commute": also("commute", "receive"),
    "writes may change places": also("independent", "write"),
    "reads commute": also("commute", "read"),
    "the end of a process touches nothing": (_search, "_touched", lambda operation: {operation.object}),
    "everything is independent": (_search, "independent", lambda a, b: True),
    # The reversal of races
    "no other order is ever wanted": (_search, "_want_other_order", lambda *_: None),
    "the other order is wanted only where the process could go first": (_search, "_want_other_order",
                                                                        only_its_own_order),
    "a V hides the P before it": (_search, "_could_go_first", lambda *_: True),
    "a receive hides what is before it": (_search, "_could_go_first", same_kind),
    "who waits races with nobody": (_search, "_races_of_those_who_wait", lambda *_: None),
    "who waits races with nobody where others sleep": (_search, "_races_of_those_who_wait", only_of_the_stuck),
    # Sleep sets
    "all sleep on": (_search, "_still_asleep", lambda state, asleep, process, free: frozenset(asleep) - {process}),
    # The matching of states
    "states are one if the objects are the same": (State, "key", property(lambda s: frozenset(s.store.items()))),
    "states are one if the processes are the same": (State, "key", property(lambda s: s.histories)),
    "what is foreseen is the present state": (Model, "foresee", lambda model, state, process: state.key),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_reduction_is_caught(fault, monkeypatch):
    monkeypatch.setattr(*FAULTS[fault])
    assert any(disagreements(BOUNDED))


def test_independent_processes_need_one_run():
    bodies = tuple((Instruction("store", label, 1), Instruction("load", label)) for label in ("x", "y"))
    runs = []
    for search in (brute_force, by_races):
        found = []
        list(search(Model(Program(bodies, {})), found.append))
        runs.append(len(found))
    assert runs == [6, 1]


class Judged(Model):
    """A toy whose runs go wrong where somebody is stuck, or two know the same in the end."""

    @property
    def system(self):
        return self

    @staticmethod
    def wrong(state):
        stuck = any(isinstance(what, Operation) for what in state.pending)
        return "wrong" if stuck or len(set(state.histories[1])) < len(state.histories[1]) else ""

    def final(self, state):
        return state


def fewest_by_brute_force(program):
    """Of all runs that go wrong, or None."""
    wrong = []

    def ended(state):
        if Judged.wrong(state):
            wrong.append(switches(state.schedule))

    list(brute_force(Model(program), ended))
    return min(wrong, default=None)


def test_no_failing_run_has_fewer_switches_than_the_one_that_is_told():
    told = 0
    for seed in range(-len(HARD), 60):
        if truth(seed) is None:
            continue
        exploration = Exploration(Judged(random_program(seed)), float("inf"), runs=10**6)
        exploration._search()
        if exploration.failed:
            found = exploration._shortest(exploration.failed)
            assert switches(found.schedule) == fewest_by_brute_force(random_program(seed)), seed
            told += 1
    assert told > 20


def test_preemptions_are_bounded_and_the_fewest_switches_win():
    """A process that stores, tests and stores again goes wrong only if it is interrupted once."""
    program = Program(((Instruction("store", "x", 1), Instruction("load", "x"), Instruction("store", "y")),
                       (Instruction("store", "x", 5),)), {})

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
