"""The explorer on real processes and real kernel objects: its verdicts, and what it refuses to judge."""

import fcntl
import html
import os
import random
import re
import select
import time
from pathlib import Path

import pytest
import systems
from systems import buffer, dining, lost_update, monitor, mutants, peterson, readers_and_writers

from ipclab.draw import space_time
from ipclab.draw.story import story
from ipclab.explore.explorer import explore, explore_here, replay, replay_here
from ipclab.explore.system import System
from ipclab.explore.verdict import Verdict
from ipclab.mechanisms.message_queues import MessageQueue, PosixQueue
from ipclab.mechanisms.pipes import Pipe
from ipclab.mechanisms.semaphores import PosixSemaphore, Semaphore
from ipclab.mechanisms.shared_memory import SharedArray, SharedInteger
from ipclab.processes import process


def test_a_lost_update_is_refuted_by_the_shortest_schedule():
    verdict = explore_here(lost_update())
    assert verdict.refuted and verdict.reason == "n is 1 after two increments"
    first, other = verdict.schedule[0], verdict.schedule[1]
    assert verdict.schedule in [(first, other, other, first), (first, other, first, other)]
    assert verdict.critical == 1
    assert [(e.process, e.kind) for e in verdict.trace] == list(
        zip(verdict.schedule, ["load", "load", "store", "store"], strict=True))
    assert all(e.line and e.file == lost_update.__code__.co_filename for e in verdict.trace)


def test_with_a_mutex_no_update_is_lost():
    verdict = explore_here(lost_update(guarded=True))
    assert verdict.proved
    assert verdict.sizes["runs"] >= 2


@pytest.mark.parametrize("capacity", [1, 2])
def test_the_bounded_buffer_is_proved(capacity):
    assert explore_here(buffer(capacity)).proved


@pytest.mark.parametrize("edit, reason", [
    ({"producer": "P:mutex P:empty put V:mutex V:full"}, "deadlock"),
    ({"producer": "P:empty P:mutex put V:mutex"}, "deadlock"),
    ({"producer": "P:empty put V:full", "consumer": "P:full get V:empty"}, "sent"),
    ({"producer": "P:empty P:mutex V:full put V:mutex", "consumer": "P:full get V:empty"}, "sent"),
    ({"initial": {"empty": 0, "full": 2}}, "sent"),
])
def test_a_wrong_bounded_buffer_is_refuted(edit, reason):
    verdict = explore_here(buffer(2, **edit))
    assert verdict.refuted and verdict.reason.startswith(reason)


EDITS = mutants()
EQUIVALENT = ["producer: swap V:mutex and V:full", "consumer: swap V:mutex and V:empty"]
WRONG = [name for name in EDITS if name not in EQUIVALENT]


def refuted(name):
    return any(explore_here(buffer(capacity, **EDITS[name]), shortest=False).refuted for capacity in (1, 2))


def test_there_are_sixty_nine_edits_of_the_bounded_buffer():
    """A side has five steps, four of them on semaphores: 5 deletions, 5 duplications, 4 flips of P and V, 8 changes to
    another semaphore, 10 swaps of two. Twice that, and 5 initial values (empty one less and one more, full 1, mutex 0
    and 2) are 69, no two of them the same program. Two are no faults: whether mutex or the other V comes first after
    the access is all the same. So 67 are wrong. (A count of 66 and 2 knows one edit less.)"""
    assert len({repr(edit) for edit in EDITS.values()}) == len(EDITS)
    assert len(EDITS) == 2 * (5 + 5 + 4 + 8 + 10) + 5 == 69
    assert len(WRONG) == 67


@pytest.mark.parametrize("name", WRONG[::9])
def test_a_wrong_edit_of_the_bounded_buffer_is_refuted(name):
    assert refuted(name)


@pytest.mark.slow
def test_every_wrong_edit_of_the_bounded_buffer_is_refuted():
    assert all(map(refuted, WRONG))


@pytest.mark.parametrize("capacity", [1, pytest.param(2, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", EQUIVALENT)
def test_an_edit_that_is_no_fault_is_proved(name, capacity):
    assert explore_here(buffer(capacity, **EDITS[name])).proved


def test_a_monitor_must_test_again_after_waiting():
    verdict = explore_here(monitor(again=False))
    assert verdict.refuted
    assert explore_here(monitor(again=True, items=1), seconds=30).proved
    assert not explore_here(monitor(again=True, items=2), seconds=2).refuted      # too large for that: no verdict


def test_busy_waiting_gets_an_honest_verdict():
    assert explore_here(peterson(), seconds=3, longest=40).status == "NOT FINISHED"
    assert explore_here(peterson(turns=False), seconds=20, longest=40).refuted


def test_dining_philosophers_starve_unless_one_is_left_handed():
    verdict = explore_here(dining(3))
    assert verdict.refuted and verdict.reason.startswith("deadlock: ")
    assert sorted(verdict.schedule) == ["philosopher-0", "philosopher-1", "philosopher-2"]
    waiting = [e for e in verdict.trace if e.end is None]
    assert {(e.process, e.kind) for e in waiting} == {(f"philosopher-{i}", "P") for i in range(3)}
    assert explore_here(dining(3, left_handed=True)).proved


def test_the_explorer_is_scheduled_as_before_when_its_processes_have_taken_turns():
    def make():
        n = SharedInteger(0, label="n")

        def policy():
            n.value = n.value + 1
            return os.sched_getscheduler(0), len(os.sched_getaffinity(0))

        return System(process(policy, name="a"), process(policy, name="b"),
                      check=lambda end: all(how == [os.SCHED_BATCH, 1] for how in end.outcomes.values()))

    before = os.sched_getscheduler(0), os.sched_getaffinity(0)
    assert explore_here(make).proved
    assert (os.sched_getscheduler(0), os.sched_getaffinity(0)) == before


def test_readers_and_writers():
    assert explore_here(readers_and_writers()).proved
    verdict = explore_here(readers_and_writers(guarded=False))
    assert verdict.refuted


NO_MUTEX = buffer(2, producer="P:empty put V:full", consumer="P:full get V:empty")


@pytest.mark.parametrize("times", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_a_refutation_is_saved_and_replayed_in_fresh_processes(times, tmp_path):
    explore_here(NO_MUTEX).save(tmp_path / "refuted.json")
    verdict = Verdict.load(tmp_path / "refuted.json")
    again = [replay_here(NO_MUTEX, verdict) for _ in range(times)]
    assert all(v.refuted and (v.story, v.reason) == (verdict.story, verdict.reason) for v in again)
    assert {v.status for v in [replay_here(buffer(2), verdict)]} == {"NOT FINISHED"}


def test_the_story_is_one_small_page_that_asks_nobody_for_anything(tmp_path):
    verdict, code = explore_here(dining(3)), Path(systems.__file__).read_text()
    picture = space_time(verdict.trace, title=verdict.reason, code=code, critical=verdict.critical_event)
    page = picture.save(tmp_path / "story.html").read_text()
    assert len(page.encode()) < 100_000
    asking = r"\b(src|href|srcset|action|data)=|url\(|@import|<(link|iframe|img|object)|fetch\(|XMLHttp|import\("
    assert not re.search(asking, page.replace(html.escape(code), ""))
    steps = {(s.process, s.event.line): s for s in story(verdict.trace, verdict.critical_event)}
    assert all(str(line) in page and code.splitlines()[line - 1].strip() in html.unescape(page) for _, line in steps)
    third, other = verdict.schedule[-1], verdict.schedule[0]
    assert re.search(rf"{third}: P fork-. \(line \d+\); critical: from here on it cannot end well", picture.text)
    assert re.search(rf"{other}: P fork-. .*waits for fork-., which philosopher-. took in step \d", picture.text)
    assert "fork-0 was 1, is now 0" in picture.text and page.count("no way back") == 1


def test_the_longest_story_of_a_page_is_small_too(tmp_path):
    verdict = explore_here(NO_MUTEX)
    page = space_time(verdict.trace, title=verdict.reason, code=Path(systems.__file__).read_text(),
                      critical=verdict.critical_event).save(tmp_path / "story.html")
    assert len(verdict.trace) > 30 and page.stat().st_size < 100_000
    name, index = verdict.critical_event
    assert verdict.schedule[verdict.critical] == name
    assert verdict.schedule[:verdict.critical].count(name) == index


def test_a_schedule_that_cannot_be_followed_is_named():
    verdict = explore_here(lost_update())
    assert "cannot be followed" in replay_here(dining(2), verdict).reason
    assert replay_here(lost_update(guarded=True), verdict).status == "NOT FINISHED"


def test_functions_of_a_notebook_are_explored_from_a_fresh_process():
    namespace = {"__name__": "__main__"}
    exec(compile("""
from ipclab.explore.system import System
from ipclab.mechanisms.shared_memory import SharedInteger
from ipclab.processes import process
def increment(n):
    n.value += 1
def two():
    n = SharedInteger(0, label="n")
    return System(process(increment, n), process(increment, n), check=lambda end: n.view[0] == 2)
""", "<cell 2>", "exec"), namespace)
    verdict = explore(namespace["two"])
    assert verdict.refuted
    assert {(e.file, e.line) for e in verdict.trace} == {("<cell 2>", 6)}
    assert replay(namespace["two"], verdict).refuted


def test_posix_semaphores_too():
    def make():
        s, n = PosixSemaphore(0, label="s"), SharedInteger(0, label="n", kind="POSIX")

        def first():
            n.value = 1
            s.V()

        def second():
            s.P()
            return n.value

        return System(process(first), process(second), check=lambda end: end.outcomes["second"] == 1)

    assert explore_here(make).proved


def test_a_try_that_may_fail_is_explored_both_ways():
    def make():
        s, n = Semaphore(1, label="s"), SharedInteger(0, label="n")

        def try_it():
            try:
                s.P_nowait()
            except Exception as error:
                return type(error).__name__
            n.value = n.value + 1
            return "got it"

        return System(process(try_it, name="a"), process(try_it, name="b"),
                      check=lambda end: sorted(end.outcomes.values()) != ["WouldBlock", "got it"])

    verdict = explore_here(make)
    assert verdict.refuted


@pytest.mark.parametrize("kind", [MessageQueue, PosixQueue])
def test_message_queues_are_explored_in_the_same_processes(kind):
    def make(in_order=True):
        queue, log = kind(label="queue"), SharedInteger(0, label="log")

        def send(message):
            queue.send(message)

        def receive():
            first, second = queue.receive(), queue.receive()
            log.value = 1
            return [first.decode(), second.decode()]

        return System(process(send, b"a", name="a"), process(send, b"b", name="b"), process(receive),
                      check=lambda end: end.outcomes["receive"] in [["a", "b"], ["b", "a"]][:2 if in_order else 1])

    assert explore_here(make).proved
    verdict = explore_here(lambda: make(in_order=False))
    assert verdict.refuted and verdict.schedule[0] == "b"


def pipeline(close: bool):
    def make():
        pipe = Pipe(label="pipe")

        def write(writer):
            for word in (b"one ", b"two"):
                writer.write(word)
            if close:
                writer.close()

        def read(reader):
            return reader.read_all().decode()

        return System(process(write, pipe.writer), process(read, pipe.reader),
                      check=lambda end: end.outcomes["read"] == "one two")

    return make


def test_pipes_are_explored_with_new_processes_for_every_run():
    for close in (True, False):                      # what a process leaves open, the kernel closes when it ends
        verdict = explore_here(pipeline(close))
        assert verdict.proved and verdict.sizes["runs"] > 3


def test_a_reader_that_also_holds_the_writing_end_never_sees_the_end():
    def make():
        pipe = Pipe(label="pipe")

        def write(pipe):
            pipe.writer.write(b"x")
            pipe.writer.close()

        def read(pipe):
            return pipe.reader.read_all().decode()

        return System(process(write, pipe), process(read, pipe))

    verdict = explore_here(make)
    assert verdict.refuted and verdict.reason == "deadlock: read can never go on"


def test_an_exception_is_wrong_unless_the_check_says_otherwise():
    def make(check=None):
        n = SharedInteger(0, label="n")

        def set_it():
            n.value = 1

        def divide():
            return 1 // n.value

        return System(process(set_it), process(divide), check=check)

    verdict = explore_here(make)
    assert verdict.refuted and "divide raised ZeroDivisionError" in verdict.reason
    assert explore_here(lambda: make(lambda end: True)).proved


def test_a_process_may_stick_if_that_is_meant():
    def make(**options):
        s = Semaphore(1, label="s")
        return System(process(s.P, name="a"), process(s.P, name="b"), **options)

    assert explore_here(make).reason.startswith("deadlock")
    assert explore_here(lambda: make(may_stick=True)).proved


# What it refuses to judge, and why

def named_reason(make, *words):
    verdict = explore_here(make)
    assert verdict.status == "NOT FINISHED", verdict
    for word in words:
        assert word in verdict.reason or re.search(word, verdict.reason), verdict.reason


def sharing(body, *others):
    """A system of `body(n, s)` and a process that stores."""
    def make():
        n, s = SharedInteger(0, label="n"), Semaphore(0, label="s")

        def other(n):
            n.value = 1
            n.value = 2

        return System(process(body, n, s, name="odd"), process(other, n))

    return make


def test_nothing_shared_is_no_proof():
    def make():
        return System(*(process(Semaphore(1, label=f"s{i}").P, name=f"p{i}") for i in range(2)))

    named_reason(make, "no two processes ever touched the same thing")


@pytest.mark.parametrize("chance", [lambda: random.SystemRandom().random(), random.random, time.monotonic_ns,
                                    time.time, os.getpid, lambda: hash(os.urandom(8))])
def test_chance_time_and_process_ids_are_found_out(chance):
    def odd(n, s):
        n.value = int(chance() * 1000) % 2**60

    named_reason(sharing(odd), "odd is not the same each time", "store(", "time, randomness, a process id")


def test_a_process_id_is_found_out_where_every_run_has_new_processes():
    def make():
        pipe = Pipe(label="pipe")

        def odd(writer):
            writer.write(b"%d" % os.getpid())

        return System(process(odd, pipe.writer), process(lambda reader: reader.read() and None, pipe.reader, name="r"))

    named_reason(make, "odd is not the same each time", "write(")


def test_a_process_id_is_found_out_even_if_no_operation_is_ever_repeated():
    def make():
        n = SharedInteger(0, label="n")
        return System(process(lambda: n.store(os.getpid()), name="odd"), process(n.load, name="other"))

    named_reason(make, "odd is not the same each time", "store(")


def test_what_a_function_keeps_from_run_to_run_does_not_count():
    """In the seventh run in the same process it would go wrong; a process has but one."""
    def make():
        n, times, got = SharedInteger(0, label="n"), [], []

        def keeps():
            times.append(1)
            n.value = len(times) // 7
            got.append(n.value)
            return got

        def other():
            n.value = 0
            n.value = 0
            n.value = 0

        return System(process(keeps), process(other), check=lambda end: end.outcomes["keeps"] == [0])

    assert explore_here(make).proved


def test_what_only_the_end_tells_is_found_out_too():
    def make():
        n, times = SharedInteger(0, label="n"), []

        def keeps():
            times.append(n.value)
            return len(times)

        return System(process(keeps), process(lambda: n.store(1), name="other"))

    assert explore_here(make).proved
    assert explore_here(make, new_processes=True).proved


def test_new_processes_for_every_run_give_the_same_verdicts():
    assert explore_here(buffer(1), new_processes=True).proved
    # Where runs are counted, time is not: else a busy machine would not find the critical step of the second story.
    first, second = (explore_here(lost_update(), new_processes=new, runs=500) for new in (False, True))
    assert first.refuted and (first.schedule, first.story) == (second.schedule, second.story)


def test_blocking_outside_the_gate_is_named():
    def odd(n, s):
        n.load()
        reading, writing = os.pipe()
        os.read(reading, 1)

    named_reason(sharing(odd), "odd blocks in read() outside the gate")


@pytest.mark.parametrize("wait, call", [
    (lambda: time.sleep(1000), "clock_nanosleep"),
    (lambda: select.select([], [], []), "select"),
], ids=["sleep", "select"])
def test_any_other_wait_outside_the_gate_is_named(wait, call):
    def odd(n, s):
        n.load()
        wait()

    named_reason(sharing(odd), f"odd sleeps in p?{call}6?.. outside the gate")


def test_a_loop_without_an_operation_is_named():
    def odd(n, s):
        while True:
            pass

    named_reason(sharing(odd), "odd came to no operation")


def test_a_busy_wait_is_not_finished():
    def odd(n, s):
        while n.value != 3:
            pass

    verdict = explore_here(sharing(odd), seconds=2, longest=60)
    assert verdict.status == "NOT FINISHED" and "wait in a loop" in verdict.reason


def test_a_process_that_ends_itself_is_named():
    def odd(n, s):
        n.load()
        os._exit(0)

    named_reason(sharing(odd), "odd died")


def test_a_process_that_writes_where_it_should_not_is_named():
    def pipes():
        links = {d: f"/proc/self/fd/{d}" for d in range(3, 1000)}
        found = {d: os.readlink(link) for d, link in links.items() if os.path.exists(link)}
        return {name: d for d, name in found.items()
                if name.startswith("pipe:") and fcntl.fcntl(d, fcntl.F_GETFL) & os.O_ACCMODE == os.O_WRONLY}

    before = set(pipes())

    def odd(n, s):
        n.load()
        for name, descriptor in pipes().items():
            if name not in before:               # its line to the explorer
                os.write(descriptor, b"[1]\n")
        n.value = 7

    named_reason(sharing(odd), "odd says of itself cannot be understood")


def test_a_time_limit_is_named():
    def odd(n, s):
        s.P(timeout=1)

    named_reason(sharing(odd), "time limit")


def test_no_time_limit_is_none():
    def patient(n, s):
        s.P(timeout=None)
        n.value = 1

    assert "time limit" not in explore_here(sharing(patient)).reason


def test_memory_changed_behind_the_gate_is_named():
    def odd(n, s):
        n.load()
        n.view[0] = 7

    named_reason(sharing(odd), "n was changed other than by store()")


def test_a_semaphore_that_might_overflow_is_named():
    def make():
        s = Semaphore(Semaphore.maximum - 1, label="s")
        return System(process(s.V, name="a"), process(s.V, name="b"))

    named_reason(make, "s begins at 32766, so high that a V might fail")


def test_an_object_made_on_the_way_is_named():
    def odd(n, s):
        Semaphore(1, label="mine").P()

    named_reason(sharing(odd), "mine is not among the objects")


def test_a_function_that_swallows_everything_is_explored_all_the_same():
    def make():
        n, s = SharedInteger(0, label="n"), Semaphore(0, label="s")

        def stubborn():
            while True:
                try:
                    s.P()
                    return n.value
                except:                                          # noqa: E722 (what a student may write)
                    pass

        def other():
            n.value = 1
            s.V()
            n.value = 2

        return System(process(stubborn), process(other), check=lambda end: end.outcomes["stubborn"] in (1, 2))

    assert explore_here(make).proved


def test_a_system_must_be_a_system():
    named_reason(lambda: None, "must return a System")
    named_reason(lambda: System(), "at least one process")


def test_arrays_are_told_apart_by_cell():
    def make():
        a = SharedArray(2, label="a")

        def fill(i):
            a[i] = 1
            a[i] = a[i] + 1

        return System(process(fill, 0, name="x"), process(fill, 1, name="y"), check=lambda end: list(a.view) == [2, 2])

    named_reason(make, "no two processes ever touched the same thing")


def test_a_counterexample_tells_what_each_touched_cell_held():
    def make():
        a = SharedArray(2, initial=[4, 5], label="a")

        def put(value):
            a[1] = value

        return System(process(put, 1, name="x"), process(put, 2, name="y"), check=lambda end: a.view[1] == 2)

    trace = explore_here(make).trace
    assert [(o.label, o.value) for o in trace.objects] == [("a", None), ("a[1]", 5)]
    assert [e.value for e in trace] == [2, 1]
