"""One interrupted run told step by step, and runs that sleep for ever together with their children."""

import ctypes
import os
import signal

import pytest

from ipclab.explore.instants import Scenario, sweep_here, tell_here

pytestmark = pytest.mark.alone


class Counter:
    def __init__(self):
        self.value = 0

    def add(self, amount):
        value = self.value
        self.value = value + amount


def _inside(code):
    return code.co_filename == __file__ and code.co_name == "add"


def _scenario():
    held = {}

    def arrange():
        held["counter"] = counter = Counter()
        signal.signal(signal.SIGUSR1, lambda number, frame: counter.add(5))

    return Scenario(arrange, lambda: held["counter"].add(20), lambda: held["counter"].value)


def test_the_run_that_is_told_ends_as_the_one_that_was_swept():
    outcomes = sweep_here(_scenario(), inside=_inside).outcomes
    assert {outcome.observation for outcome in outcomes} >= {20, 25}
    for index, outcome in enumerate(outcomes):
        steps, ended = tell_here(_scenario(), signal.SIGUSR1, boundary=index, inside=_inside, mine=_inside)
        assert (ended.how, ended.observation) == (outcome.how, outcome.observation)
        assert [step["what"] for step in steps].count("strike") == 1
        last = [step["now"]["self.value"] for step in steps if "self.value" in step["now"]][-1]
        assert last == str(outcome.observation)


def test_without_a_signal_only_lines_are_told():
    steps, ended = tell_here(_scenario(), None, inside=_inside, mine=_inside)
    assert [(step["what"], step["now"]) for step in steps] == [("line", {"value": "0"}), ("line", {"self.value": "20"})]
    assert ended.observation == 20


def _waits_for_a_child(child):
    def main():
        pid = os.fork()
        if pid == 0:
            child()
            os._exit(0)
        os.waitpid(pid, 0)

    steps, ended = tell_here(Scenario(lambda: None, main, lambda: None), None, inside=_inside, mine=_inside)
    return ended.how


@pytest.mark.parametrize("sleep", [signal.pause, lambda: ctypes.CDLL(None).ppoll(None, 0, None, None)],
                         ids=["pause", "as on Arm"])
def test_who_waits_for_a_child_that_sleeps_for_ever_is_stuck(sleep):
    assert _waits_for_a_child(sleep) == "stuck"


def test_who_waits_for_a_child_that_still_computes_is_not():
    assert _waits_for_a_child(lambda: sum(range(20_000_000))) == "returned"
