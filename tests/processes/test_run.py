import asyncio
import os
import signal
import sys
import threading

import pytest

from ipclab import errors
from ipclab.mechanisms.semaphores import PosixSemaphore, Semaphore
from ipclab.mechanisms.shared_memory import SharedArray
from ipclab.processes import process, program, run, start

FACTOR = 7


def times_factor(number):
    return number * FACTOR


def helped(number):
    return times_factor(number) + 1


# What may be run


def test_a_function_with_its_helpers_and_globals_runs_elsewhere():
    result = run(process(helped, 6), process(os.getpid, name="who"))
    assert result["helped"].value == 43
    assert result["who"].value == result["who"].pid != os.getpid()
    assert result.ok and not result.timed_out and result.notes == ()


def test_closures_lambdas_partials_and_methods():
    from functools import partial

    bonus = 5

    def closure(number):
        return number + bonus

    class Adder:
        def __init__(self, by):
            self.by = by

        def add(self, number):
            return number + self.by

    result = run(process(closure, 1), process(lambda: bonus), process(partial(closure, 2)), process(Adder(3).add, 4))
    assert [p.value for p in result] == [6, 5, 7, 7]
    assert [p.name for p in result] == ["closure-1", "lambda", "closure-2", "add"]


def test_processes_see_globals_as_they_are_now_and_change_only_their_own():
    seen = []

    def append():
        seen.append(1)
        return seen

    seen.append(0)
    result = run(append, append)
    assert [p.value for p in result] == [[0, 1], [0, 1]]
    assert seen == [0]


def test_a_process_is_a_plain_python_process():
    def look():
        return {
            "main thread": threading.current_thread() is threading.main_thread(), "threads": threading.active_count(),
            "blocked": signal.pthread_sigmask(signal.SIG_BLOCK, []), "int": signal.getsignal(signal.SIGINT),
            "child": signal.getsignal(signal.SIGCHLD), "descriptors": sorted(os.listdir("/proc/self/fd"))[:4],
            "stdin": os.read(0, 1), "comm": open("/proc/self/comm").read(), "folder": os.getcwd(), "path": sys.path,
            "home": os.environ.get("IPCLAB_TEST"), "heavy": {"numpy", "IPython", "matplotlib"} & set(sys.modules),
        }

    os.environ["IPCLAB_TEST"] = "yes"
    try:
        seen = run(look)["look"].value
    finally:
        del os.environ["IPCLAB_TEST"]
    assert seen == {
        "main thread": True, "threads": 1, "blocked": set(), "int": signal.default_int_handler, "child": signal.SIG_DFL,
        "descriptors": ["0", "1", "2", "3"], "stdin": b"", "comm": "look\n", "folder": os.getcwd(), "path": sys.path,
        "home": "yes", "heavy": set(),
    }


def test_a_removed_folder_keeps_nobody_from_running(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tmp_path.rmdir()
    assert run(process(os.getcwd, name="where"))["where"].value == "/"
    assert program("print('here')").output == "here\n"


def test_the_random_numbers_of_two_processes_differ():
    def draw():
        import random
        return random.random()

    assert len({p.value for p in [*run(draw, draw), *run(draw)]}) == 3


def test_runs_from_threads_at_once():
    values = {}

    def one(i):
        values[i] = run(process(times_factor, i))["times_factor"].value

    threads = [threading.Thread(target=one, args=[i]) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert values == {i: i * FACTOR for i in range(4)}


def test_runs_inside_an_event_loop():
    async def cell():
        return run(process(times_factor, 2))["times_factor"].value

    assert asyncio.run(cell()) == 14


def test_a_process_may_run_others():
    def outer():
        return run(process(times_factor, 3))["times_factor"].value

    assert run(outer)["outer"].value == 21


def test_a_forked_copy_of_the_caller_may_run_others_too():
    # In a Python of its own, which has one thread: pytest may have more by now, and must not fork.
    result = program("""
import os
from ipclab.processes import process, run
run(process(int, "1"))
if pid := os.fork():
    os.waitpid(pid, 0)
print(run(process(int, "2" if pid else "3"))["int"].value)
""")
    assert result.output == "3\n2\n"


# How they end


def test_each_ending_is_told_exactly():
    def returns():
        return None

    def exits():
        sys.exit(3)

    def exits_with_words():
        sys.exit("no more")

    def leaves():
        os._exit(4)

    def raises():
        raise KeyError("spoon")

    def kills_itself():
        os.kill(os.getpid(), signal.SIGKILL)

    def interrupts_itself():
        signal.raise_signal(signal.SIGINT)

    def real_time():
        os.kill(os.getpid(), signal.SIGRTMIN + 2)

    result = run(returns, exits, exits_with_words, leaves, raises, kills_itself, interrupts_itself, real_time)
    assert [(p.status, p.signal) for p in result] == [
        (0, None), (3, None), (1, None), (4, None), (1, None), (None, "SIGKILL"), (None, "SIGINT"),
        (None, f"signal {signal.SIGRTMIN + 2}")]
    assert result["exits_with_words"].output == "no more\n"
    assert result["raises"].error == "KeyError: 'spoon'" and result["exits"].error == ""
    assert result["interrupts_itself"].error == "KeyboardInterrupt"
    assert result["kills_itself"].ending == "ended by SIGKILL" and result["exits"].ending == "exit status 3"
    assert not result.ok


def test_the_traceback_shows_the_readers_lines_only():
    def deep(n):
        return 1 // n

    def shallow():
        deep(0)

    text = run(shallow)["shallow"].traceback
    line = deep.__code__.co_firstlineno + 1
    assert f'File "{__file__}", line {line}, in deep\n    return 1 // n\n' in text
    assert "ipclab/processes" not in text and text.endswith("ZeroDivisionError: integer division or modulo by zero\n")


def test_an_endless_message_is_cut_where_it_says_least():
    def wordy():
        raise ValueError("é" * 200_000 + "!")

    outcome = run(wordy)["wordy"]
    assert outcome.error.startswith("ValueError: ééé") and len(outcome.error) == 2000
    assert outcome.traceback.endswith("é!\n") and len(outcome.traceback) > 5000


def test_a_cell_without_a_file_has_its_source_in_the_traceback():
    import linecache

    source = "def from_a_cell():\n    x = 0\n    return 1 / x  # here\n"
    linecache.cache["<cell 5>"] = (len(source), None, source.splitlines(True), "<cell 5>")
    names = {}
    exec(compile(source, "<cell 5>", "exec"), names)
    text = run(names["from_a_cell"])["from_a_cell"].traceback
    assert '"<cell 5>", line 3, in from_a_cell\n    return 1 / x  # here\n' in text


def test_a_value_that_cannot_travel_is_noted():
    result = run(process(lambda: threading.Lock(), name="locker"))
    assert result["locker"].status == 0 and result["locker"].value is None
    assert "the value that 'locker' returned cannot be sent back: lock" in result.notes[0]


def test_a_large_value_comes_back_whole():
    assert run(process(lambda: b"ab" * 1_000_000, name="big"))["big"].value == b"ab" * 1_000_000


def test_exit_functions_run_and_threads_are_waited_for():
    def leaves_work():
        import atexit
        atexit.register(print, "at exit")
        release = threading.Event()
        threading.Thread(target=lambda: (release.wait(), print("thread"))).start()
        threading.Thread(target=release.set, daemon=True).start()

    assert run(leaves_work)["leaves_work"].output == "thread\nat exit\n"


def test_a_function_that_forks_and_returns_twice_ends_twice():
    def forks():
        pid = os.fork()
        if pid:
            os.waitpid(pid, 0)
        return "parent" if pid else "child"

    result = run(forks)
    assert result["forks"].value == "parent" and result.ok


# What they print


def test_output_is_in_true_order_with_the_writers_pid():
    def first(turn, other):
        for i in range(5):
            turn.P()
            print("first", i)
            other.V()

    def second(turn, other):
        for i in range(5):
            turn.P()
            os.write(2, b"second %d\n" % i)
            other.V()

    with Semaphore(1) as a, Semaphore(0) as b:
        result = run(process(first, a, b), process(second, b, a))
    expected = [(name, stream, f"{name} {i}\n")
                for i in range(5) for name, stream in (("first", "stdout"), ("second", "stderr"))]
    assert [(p.process, p.stream, p.text) for p in result.printed] == expected
    assert {p.pid for p in result.printed if p.process == "first"} == {result["first"].pid}
    assert result["second"].output == "".join(f"second {i}\n" for i in range(5))


def test_grandchildren_and_other_programs_are_told_apart():
    def parent():
        print("before")
        pid = os.fork()
        if pid == 0:
            print("child")
            os.system("echo grandchild")
            os._exit(0)
        os.waitpid(pid, 0)
        print("after")

    result = run(parent, process(print, "alone", name="other"))
    mine = [p for p in result.printed if p.process != "other"]
    assert [(p.process, p.text) for p in mine] == [
        ("parent", "before\n"), ("parent.1", "child\n"), ("parent", "grandchild\n"), ("parent", "after\n")]
    assert len({p.pid for p in mine}) == 3 and result["parent"].pid == mine[0].pid == mine[3].pid
    assert result["parent"].output == "before\nchild\ngrandchild\nafter\n"


def test_print_is_one_write_and_pieces_of_a_line_are_joined():
    def printer():
        print("a", 1, sep="-")
        print("b", end="")
        print("c", file=sys.stderr)
        print("d")

    assert [(p.stream, p.text) for p in run(printer).printed] == [
        ("stdout", "a-1\n"), ("stdout", "b"), ("stderr", "c\n"), ("stdout", "d\n")]


def test_one_write_of_much_text_arrives_whole():
    assert len(run(process(lambda: print("ü" * 200_000), name="big"))["big"].output) == 200_001


def test_bytes_that_are_no_text_are_shown_all_the_same():
    assert run(process(lambda: os.write(1, b"\xff\xfe ok\n"), name="raw"))["raw"].output.endswith(" ok\n")


# What is recorded


def test_the_trace_has_each_operation_with_its_line_and_the_objects_have_the_parameters_names():
    def taker(item):
        item.P()

    def giver(item):
        item.V()

    with Semaphore(0) as semaphore:
        trace = run(process(taker, semaphore), process(giver, semaphore)).trace
    assert sorted((e.process, e.kind, e.object, e.line) for e in trace) == [
        ("giver", "V", "item", giver.__code__.co_firstlineno + 1),
        ("taker", "P", "item", taker.__code__.co_firstlineno + 1)]
    assert all(e.done and e.file == __file__ for e in trace)
    assert trace.processes == ("taker", "giver")
    assert [(o.label, o.value) for o in trace.objects] == [("item", 0)]
    assert len(trace.pairs) == 1


def test_labels_given_are_kept_and_made_up_ones_are_unique():
    def use(mutex, others):
        for each in [mutex, *others]:
            each.P()

    with Semaphore(1, label="the lock") as a, Semaphore(1) as b, PosixSemaphore(1) as c, Semaphore(1) as mutex:
        trace = run(process(use, a, [b, c]), process(lambda: mutex.P(), name="closure")).trace
    assert [o.label for o in trace.objects] == ["the lock", "others[0]", "others[1]", "mutex"]


def test_what_never_came_back_is_in_the_trace_without_an_end():
    with Semaphore(0) as never:
        result = run(process(lambda never: never.P(), never, name="waiter"), deadline=0.3)
    (event,) = result.trace
    assert (event.kind, event.end) == ("P", None) and not event.done
    assert "'waiter' was still in P on 'never'" in result.notes
    assert result["waiter"].blocked_in.startswith(("semop(", "semtimedop("))


def test_an_object_made_in_a_process_and_one_it_forks_are_in_the_trace():
    def maker():
        with Semaphore(0, label="own") as own:
            pid = os.fork()
            if pid == 0:
                own.V()
                os._exit(0)
            own.P()
            os.waitpid(pid, 0)

    trace = run(maker).trace
    assert {(e.process, e.kind) for e in trace} == {("maker", "P"), ("maker.1", "V")}
    assert trace.processes == ("maker", "maker.1")
    assert trace.object("own").family == "System V semaphore"


def test_nothing_is_seen_of_what_a_process_did_while_it_waited_for_its_task():
    def first():
        with Semaphore(1) as semaphore:                    # the first one of its process, so it gets the first name
            semaphore.P()
        return sorted(map(int, os.listdir("/proc/self/fd")))[:3], sys.argv, os.getcwd(), threading.active_count()

    result = run(first)
    assert result["first"].value == ([0, 1, 2], ["first"], os.getcwd(), 1)
    assert [(e.index, e.kind, e.object) for e in result.trace] == [(0, "P", "semaphore-1")]
    assert [o.label for o in result.trace.objects] == ["semaphore-1"] and not result.notes


def test_the_trace_has_the_first_value_of_each_cell_that_was_touched():
    def use(buffer):
        buffer[1] += 3

    with SharedArray(3, initial=[4, 5, 6], label="buffer") as buffer:
        trace = run(process(use, buffer)).trace
    assert [(o.label, o.value) for o in trace.objects] == [("buffer", None), ("buffer[1]", 5)]
    assert [(e.kind, e.value) for e in trace] == [("load", 5), ("store", 8)]


def test_without_recording_nothing_is_recorded():
    with Semaphore(1) as semaphore:
        result = run(process(lambda s: s.P(), semaphore), record=False)
        assert len(result.trace) == 0 and semaphore.value == 0


def test_an_endless_recorder_is_cut(monkeypatch):
    def many(semaphore):
        for _ in range(60):
            semaphore.V()
            semaphore.P()

    monkeypatch.setattr("ipclab.processes._running.MOST_EVENTS", 100)
    with PosixSemaphore(0) as semaphore:
        result = run(process(many, semaphore))
    assert result["many"].status == 0 and len(result.trace) == 100 and all(e.done for e in result.trace)
    assert result.notes == ("the trace was cut after 100 operations",) == result.trace.notes


def test_another_gate_may_be_installed():
    from ipclab.gate import Recorded

    class Louder(Recorded):
        def admit(self, event, request):
            print("about to", event.kind)
            super().admit(event, request)

    with Semaphore(1) as semaphore:
        result = run(process(lambda s: s.P(), semaphore, name="one"), hold=Louder)
    assert result["one"].output == "about to P\n" and [e.kind for e in result.trace] == ["P"]


# Talking to them while they run


def test_start_gives_the_pids_at_once_and_wait_the_result():
    def waiter(go):
        go.P()
        return "done"

    with Semaphore(0) as go, start(process(waiter, go)) as running:
        assert running.pids.keys() == {"waiter"}
        os.kill(running.pids["waiter"], 0)
        go.V()
        result = running.wait()
        assert result["waiter"].value == "done" and running.wait() is result


# What is refused


def test_what_cannot_be_meant_is_refused_before_anything_starts():
    def needs(items):
        pass

    refused = [
        (lambda: run(), "at least one function"), (lambda: run(needs), "process\\(needs, …\\)"),
        (lambda: process(3), "Give a function"), (lambda: process(needs, 1, 2), "too many positional arguments"),
        (lambda: run(process(needs, threading.Lock())), "cannot go to another process"),
        (lambda: run(process(print, name="a"), process(print, name="a")), "Two processes"),
        (lambda: run(print, deadline=0), "above 0"), (lambda: run(print, deadline=float("inf")), "above 0"),
        (lambda: run(print, deadline="soon"), "above 0"),
    ]
    for call, words in refused:
        with pytest.raises(errors.Misuse, match=words):
            call()


def test_an_unknown_process_name_names_the_known():
    with pytest.raises(KeyError, match="there are print"):
        run(print)["prynt"]


def test_an_argument_that_is_gone_is_reported_by_the_process():
    semaphore = Semaphore(0)
    semaphore.remove()
    outcome = run(process(lambda s: None, semaphore, name="late"))["late"]
    assert outcome.status == 1 and outcome.error.startswith("NotFound: semget on ")
