"""The signal sweep: every instant of a function, by real signals in real processes."""

import json
import os
import queue
import random
import signal
import sys
from types import SimpleNamespace

import pytest

from ipclab import errors
from ipclab.explore.instants import Scenario, every_instant, sweep_here
from ipclab.explore.outcomes import Sweep
from ipclab.mechanisms.semaphores import Semaphore

state = SimpleNamespace()

pytestmark = pytest.mark.alone


def handle_with(action):
    signal.signal(signal.SIGUSR1, lambda number, frame: action())


def sweep(arrange, main, observe, **options):
    release = options.pop("release", None)
    return sweep_here(Scenario(arrange, main, observe, release), **options)


def add(amount):
    state.n = state.n + amount


def twice(n):
    return n * 2


class Counting:
    @staticmethod
    def arrange():
        state.n = 1
        handle_with(lambda: add(10))

    @staticmethod
    def unguarded():
        seen = state.n
        state.n = twice(seen)

    @staticmethod
    def guarded():
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
        state.n = twice(state.n)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])

    @staticmethod
    def observe():
        return state.n


def test_a_lost_update_is_found_where_this_interpreter_can_lose_it():
    found = sweep(Counting.arrange, Counting.unguarded, Counting.observe)
    verdict = found.verdict(lambda n: n in (12, 22))
    assert verdict.refuted
    assert verdict.sizes["reachable failures"] > 0
    lost = [o for o in found.outcomes if o.observation == 2]
    assert any(o.instant.function == "twice" and o.instant.reachable for o in lost)
    assert found.undisturbed.observation == 2


def test_a_mask_guards_the_update_at_every_instant():
    verdict = sweep(Counting.arrange, Counting.guarded, Counting.observe).verdict(lambda n: n in (12, 22))
    assert verdict.proved
    assert verdict.sizes["instants"] > 10


def test_an_increment_is_unsafe_by_the_language_but_not_on_this_interpreter():
    def main():
        state.n += 1

    verdict = sweep(Counting.arrange, main, Counting.observe).verdict(12)
    assert verdict.refuted
    assert verdict.sizes["failures"] > 0 == verdict.sizes["reachable failures"]


def test_every_sweep_gives_the_same_outcomes():
    first, *others = [sweep(Counting.arrange, Counting.unguarded, Counting.observe) for _ in range(5)]
    assert all(other == first for other in others)


def test_a_lock_taken_twice_is_stuck_and_not_slow():
    def arrange():
        state.queue = queue.Queue()
        handle_with(lambda: state.queue.put(2))

    found = sweep(arrange, lambda: state.queue.put(1), lambda: state.queue.qsize(), enter=["queue"], deadline=60)
    stuck = [o for o in found.outcomes if o.how == "stuck"]
    assert stuck and all("futex" in o.detail for o in stuck)
    assert any(o.instant.reachable for o in stuck)
    assert found.verdict(2).refuted


def test_a_semaphore_taken_twice_is_stuck():
    def arrange():
        state.mutex = Semaphore(1, label="mutex")
        handle_with(critical)

    def critical():
        state.mutex.P()
        state.mutex.V()

    found = sweep(arrange, critical, lambda: state.mutex.value, deadline=60)
    assert [o for o in found.outcomes if o.how == "stuck" and "sem" in o.detail]
    assert found.verdict(1).refuted


def test_nested_signals_find_what_single_ones_cannot():
    def arrange():
        state.n, state.log = 0, []
        handle_with(handler)

    def handler():
        before = state.n
        state.log.append(twice(before))
        state.n = before + 1

    def main():
        return None

    assert sweep(arrange, main, Counting.observe).verdict(1).proved
    nested = sweep(arrange, main, Counting.observe, pairs=True)
    inner = [o for o in nested.outcomes if o.instant.outer]
    assert inner and {o.observation for o in inner} == {1, 2}
    assert nested.verdict(lambda n: n == 2 or n == 1).proved
    assert nested.verdict(lambda n: n > 1).refuted


def test_a_flag_is_safe_even_nested():
    def arrange():
        state.flag = False
        handle_with(lambda: setattr(state, "flag", True))

    def main():
        for _ in range(1):
            pass

    assert sweep(arrange, main, lambda: state.flag, pairs=True).verdict(True).proved


def test_the_wake_up_lost_between_test_and_pause():
    def arrange():
        state.flag = False
        handle_with(lambda: setattr(state, "flag", True))

    def main():
        while not state.flag:
            signal.pause()

    found = sweep(arrange, main, lambda: state.flag, deadline=60)
    assert found.undisturbed.how == "stuck"
    between = [o for o in found.outcomes if o.how == "stuck"]
    assert between and all("pause" in o.detail for o in between)
    inside = [o for o in found.outcomes if o.instant.call == "pause"]
    assert [o.how for o in inside] == ["returned"] and inside[0].instant.reachable


class Printing:
    """A stream on a full pipe, so that its write(2) blocks until release() makes room."""

    @staticmethod
    def arrange_with(handler):
        def arrange():
            state.read_end, write_end = os.pipe()
            state.out = open(write_end, "w", buffering=1)
            os.set_blocking(write_end, False)
            try:
                while True:
                    os.write(write_end, bytes(4096))
            except BlockingIOError:
                os.set_blocking(write_end, True)
            handle_with(handler)

        return arrange

    @staticmethod
    def main():
        print("main", file=state.out)

    @staticmethod
    def release():
        os.read(state.read_end, 65536)


@pytest.mark.parametrize("handler, how", [
    (lambda: print("handler", file=state.out), "raised"),
    (lambda: os.write(1, b"handler"), "returned"),
])
def test_print_interrupted_inside_write(handler, how):
    found = sweep(Printing.arrange_with(handler), Printing.main, lambda: None, release=Printing.release, deadline=60)
    inside = [o for o in found.outcomes if o.instant.call == "write"]
    assert [o.how for o in inside] == [how]
    assert how == "returned" or "reentrant" in inside[0].detail


def test_runs_do_not_see_what_earlier_runs_did_to_kernel_objects():
    def arrange():
        state.read_end, state.write_end = os.pipe()
        handle_with(lambda: os.write(state.write_end, b"x"))

    def main():
        return None

    def observe():
        os.set_blocking(state.read_end, False)
        return os.read(state.read_end, 100).decode()

    found = sweep(arrange, main, observe)
    assert found.outcomes and found.verdict("x").proved


def test_an_exception_of_the_handler_comes_out_of_main():
    def arrange():
        handle_with(lambda: 1 / 0)

    found = sweep(arrange, lambda: None, lambda: None)
    assert {o.how for o in found.outcomes} == {"raised"}
    assert "ZeroDivisionError" in found.outcomes[0].detail


@pytest.mark.parametrize("action, detail", [
    (lambda: os._exit(7), "exit status 7"),
    (lambda: os.kill(os.getpid(), signal.SIGKILL), "SIGKILL"),
])
def test_a_death_is_told_with_its_cause(action, detail):
    found = sweep(lambda: handle_with(action), lambda: None, lambda: None)
    assert {o.how for o in found.outcomes} == {"died"}
    assert detail in found.outcomes[0].detail


def test_the_default_action_kills():
    found = sweep(lambda: signal.signal(signal.SIGUSR1, signal.SIG_DFL), lambda: None, lambda: 1)
    assert found.verdict(1).refuted
    assert "SIGUSR1" in found.outcomes[0].detail


def test_a_signal_that_never_meets_a_handler_proves_nothing():
    verdict = sweep(lambda: signal.signal(signal.SIGUSR1, signal.SIG_IGN), lambda: None, lambda: 1).verdict(1)
    assert verdict.status == "NOT FINISHED" and "handler" in verdict.reason


def test_no_instant_proves_nothing():
    verdict = sweep(Counting.arrange, os.getpid, lambda: 1).verdict(1)
    assert verdict.status == "NOT FINISHED" and "no code of yours" in verdict.reason


def test_an_endless_loop_is_not_finished():
    def main():
        while True:
            pass

    verdict = sweep(Counting.arrange, main, lambda: 1, deadline=0.3, limit=4).verdict(lambda n: True)
    assert verdict.status == "NOT FINISHED" and "did not end" in verdict.reason


def test_too_many_instants_are_not_finished():
    found = sweep(Counting.arrange, Counting.unguarded, Counting.observe, limit=3)
    assert len(found.outcomes) == 3
    assert found.verdict(lambda n: True).status == "NOT FINISHED"


def test_a_main_that_changes_from_run_to_run_is_named():
    def main():
        if random.SystemRandom().random() < 0.5:
            state.n += 1
        for _ in range(random.SystemRandom().randrange(5)):
            state.n += 0

    verdict = sweep(Counting.arrange, main, lambda: 1).verdict(1)
    assert verdict.status == "NOT FINISHED" and "not the same each time" in verdict.reason


def test_an_arrange_that_fails_is_named():
    verdict = sweep(lambda: 1 / 0, lambda: None, lambda: 1).verdict(1)
    assert verdict.status == "NOT FINISHED" and "arrange() raised ZeroDivisionError" in verdict.reason


def test_an_observation_must_be_plain_and_small():
    found = sweep(Counting.arrange, lambda: None, lambda: object())
    assert "observe" in found.outcomes[0].detail and found.outcomes[0].how == "raised"
    found = sweep(Counting.arrange, lambda: None, lambda: "x" * 100_000)
    assert "60000 bytes" in found.outcomes[0].detail


def test_a_process_forked_by_main_is_left_alone():
    def main():
        pid = os.fork()
        if pid == 0:
            return
        os.waitpid(pid, 0)
        add(1)

    assert sweep(Counting.arrange, main, Counting.observe).verdict(12).status in ("REFUTED", "PROVED")


def test_several_signals():
    def arrange():
        state.seen = []
        for number in (signal.SIGUSR1, signal.SIGUSR2):
            signal.signal(number, lambda number, frame: state.seen.append(number))

    scenario = Scenario(arrange, lambda: None, lambda: state.seen, signals=(signal.SIGUSR1, signal.SIGUSR2))
    assert {tuple(o.observation) for o in sweep_here(scenario).outcomes} == {(10,), (12,)}


def test_the_handler_is_given_the_interrupted_frame():
    def arrange():
        signal.signal(signal.SIGUSR1, lambda number, frame: setattr(state, "where", frame.f_code.co_name))

    def interrupted():
        return None

    assert sweep(arrange, interrupted, lambda: state.where).verdict("interrupted").proved


def test_the_scenario_can_be_made_in_the_forks_only():
    def make():
        state.made_here = os.getpid()
        return Scenario(Counting.arrange, Counting.guarded, Counting.observe)

    state.made_here = None
    assert sweep_here(make, signals=(signal.SIGUSR1,)).verdict(lambda n: n in (12, 22)).proved
    assert state.made_here is None


def test_results_come_one_by_one_and_go_to_json_and_back():
    seen = []
    found = sweep(Counting.arrange, lambda: None, Counting.observe, pairs=True, on_result=seen.append)
    assert tuple(seen) == found.outcomes and any(outcome.instant.outer for outcome in seen)
    assert Sweep.from_json(found.to_json()) == found
    assert [i.index for i in found.instants] == list(range(len(seen)))


@pytest.mark.parametrize("spoil", [
    lambda data: data["outcomes"][0].update(how="passed"),
    lambda data: data["outcomes"][0].update(handled="yes"),
    lambda data: data["outcomes"][0]["instant"].update(signal=999),
    lambda data: data["outcomes"][0]["instant"].update(line="1"),
    lambda data: data["outcomes"][0].update(extra=1),
])
def test_a_sweep_from_elsewhere_is_taken_only_in_its_own_form(spoil):
    data = json.loads(sweep(Counting.arrange, lambda: None, Counting.observe).to_json())
    spoil(data)
    with pytest.raises((ValueError, TypeError)):
        Sweep.from_json(json.dumps(data))


def test_functions_of_a_notebook_are_swept_in_a_fresh_process():
    namespace = {"__name__": "__main__"}
    exec(compile("""
import signal
def arrange():
    global n
    n = 1
    signal.signal(signal.SIGUSR1, handler)
def handler(number, frame):
    global n
    n = n + 10
def main():
    global n
    seen = n
    n = abs(seen) * 2
def observe():
    return n
""", "<cell 1>", "exec"), namespace)
    found = every_instant(namespace["arrange"], namespace["main"], namespace["observe"])
    assert found.verdict(lambda n: n in (12, 22)).refuted
    assert found.python == sys.version.split()[0]
    assert {i.file for i in found.instants} == {"<cell 1>"}


def test_threads_are_refused_with_advice():
    import threading
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        with pytest.raises(errors.Misuse, match="every_instant"):
            sweep(Counting.arrange, lambda: None, Counting.observe)
    finally:
        stop.set()
        thread.join()
