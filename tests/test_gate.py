"""The gate: open it costs nothing, recorded it leaves events, held it waits for its controller."""

import functools
import os
import pickle
import queue
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from ipclab import errors, gate, kernel
from ipclab.gate import operation
from ipclab.mechanisms.message_queues import MessageQueue
from ipclab.mechanisms.semaphores import Semaphore


class Box:
    """Operations of all shapes, on nothing but a list."""

    def __init__(self, label="box"):
        self.label, self.things = label, []

    def state(self):
        return len(self.things)

    @operation("give")
    def put(self, thing, times=1):
        self.things += [thing] * times
        return "put"

    @operation("take", blocks=False, result=lambda self, args, result: result[0])
    def take(self):
        return self.things.pop(), "and more"

    @operation("give", label=lambda self, i, thing: f"{self.label}[{i}]", argument=lambda self, i, thing: thing,
               size=lambda self, args, result: args[0] + 10)
    def place(self, i, thing):
        self.things.insert(i, thing)

    @operation()
    def put_twice(self, thing):
        self.put(thing)
        self.put(thing)

    @operation()
    def call(self, function):
        return function()

    @operation("give", pieces=lambda self, things: [(thing,) for thing in things])
    def put_all(self, things):
        self.things.append(things)
        return f"put {things}"


class Struck(BaseException):
    pass


class Log:
    """A sink: `told` has every call of it, `events` what a trace would keep, the last word on each operation."""

    def __init__(self):
        self.told = []

    def __call__(self, event):
        self.told.append(event)

    @property
    def events(self):
        return list({event.key: event for event in self.told}.values())


@pytest.fixture
def log():
    """Everything in the test passes a recording gate of the process "p"."""
    log = Log()
    with gate.closed(gate.Recorded("p", log)):
        yield log
    assert gate.current() is None


# Open

METHODS = [(Box, "put"), (Box, "take"), (Box, "put_twice"), (Semaphore, "P"), (Semaphore, "V"), (MessageQueue, "send")]


def test_open_there_is_no_gate_at_all():
    for owner, name in METHODS:
        assert not hasattr(vars(owner)[name], "__wrapped__")
    assert gate.current() is None


def test_opening_puts_exactly_the_plain_methods_back():
    before = {(owner, name): vars(owner)[name] for owner, name in METHODS}
    with gate.closed(gate.Recorded("p", Log())):
        assert all(vars(owner)[name] is not before[owner, name] for owner, name in METHODS)
        assert all(vars(owner)[name].__wrapped__ is before[owner, name] for owner, name in METHODS)
        with gate.closed(gate.Recorded("q", Log())) as inner:
            assert gate.current() is inner
        gate.open()
        assert all(vars(owner)[name] is before[owner, name] for owner, name in METHODS)
        gate.close(gate.Recorded("r", Log()))
    assert all(vars(owner)[name] is before[owner, name] for owner, name in METHODS)


def test_an_error_in_the_block_opens_the_gate_too():
    with pytest.raises(Struck), gate.closed(gate.Recorded("p", Log())):
        raise Struck
    assert gate.current() is None and not hasattr(Box.put, "__wrapped__")


def test_a_gated_method_looks_like_the_plain_one(log):
    assert Box.put.__name__ == "put" and Semaphore.P.__doc__.startswith("Wait until the value is above zero")


# Recorded

def test_an_operation_is_told_when_asked_for_and_when_done(log):
    assert Box().put("x") == "put"
    asked, done = log.told
    assert (asked.end, asked.result, asked.value) == (None, None, None) and not asked.done
    assert (done.end >= done.start, done.result, done.value) == (True, "put", 1) and done.done
    for event in (asked, done):
        assert (event.process, event.index, event.kind, event.object, event.role) == ("p", 0, "put", "box", "give")
        assert (event.argument, event.error, event.size, event.start) == ("x", "", 1, asked.start)


def test_it_knows_where_in_the_callers_source_it_was_asked_for(log):
    def caller():
        Box().put("x")                           # this line

    caller()
    event, text = log.events[0], Path(__file__).read_text().splitlines()
    assert (event.file, event.function) == (__file__, "caller")
    assert text[event.line - 1].strip().endswith("# this line")


def test_through_a_method_of_our_own_it_is_still_the_callers_line(log):
    with Semaphore(1) as mutex:
        with mutex.held():
            pass
    assert [e.kind for e in log.events] == ["P", "V"]
    assert {(e.file, e.function) for e in log.events} == {
        (__file__, "test_through_a_method_of_our_own_it_is_still_the_callers_line")}


@pytest.mark.parametrize("call, argument", [
    (lambda box: box.put("x"), "x"), (lambda box: box.put(thing="x"), "x"),
    (lambda box: box.put(times=2, thing="x"), "x"), (lambda box: box.put("x", times=2), "x"),
    (lambda box: box.put(b"\xe4"), "\\xe4"), (lambda box: box.put([1]), "[1]"),
])
def test_the_argument_is_what_was_given_by_position_or_by_name(log, call, argument):
    call(Box())
    assert log.events[0].argument == argument


def test_an_operation_says_its_own_label_argument_size_and_result(log):
    box = Box()
    box.place(i=0, thing="x")
    assert box.take() == ("x", "and more")
    placed, taken = log.events
    assert (placed.object, placed.argument, placed.size) == ("box[0]", "x", 10)
    assert (taken.object, taken.argument, taken.size, taken.result) == ("box", None, 1, "x")


@pytest.mark.parametrize("wrong", [lambda box: box.put(), lambda box: box.put(1, 2, 3), lambda box: box.put(no=1),
                                   lambda box: box.place(0), lambda box: box.take(1)])
def test_a_call_with_wrong_arguments_is_no_operation(log, wrong):
    with pytest.raises(TypeError, match="argument"):
        wrong(Box())
    assert log.told == []


@pytest.mark.parametrize("error", [ValueError("no"), Struck("hit"), KeyboardInterrupt()])
def test_an_error_is_told_and_goes_on_its_way(log, error):
    def fail():
        raise error

    with pytest.raises(type(error)) as caught:
        Box().call(fail)
    assert caught.value is error
    event = log.events[0]
    assert event.error == f"{type(error).__name__}: {error}" and event.end is not None and not event.done


def test_an_operation_made_of_others_is_one(log):
    box = Box()
    box.put_twice("x")
    box.put("y")
    assert [e.kind for e in log.events] == ["put_twice", "put"] and box.things == ["x", "x", "y"]


def test_after_one_that_failed_inside_the_next_passes_the_gate_again(log):
    box = Box()
    with pytest.raises(IndexError):
        box.call(box.take)
    box.put("x")
    assert [e.kind for e in log.events] == ["call", "put"]


def test_one_that_is_not_atomic_passes_piece_by_piece(log):
    box = Box()
    assert box.put_all(["a", "b"]) == "put b"
    assert [(e.kind, e.argument) for e in log.events] == [("put_all", "a"), ("put_all", "b")]
    assert box.things == ["a", "b"]


def test_what_a_handler_does_in_the_middle_of_an_operation_passes_the_gate_again(log):
    box = Box()

    def handler(*_):
        with gate.outside():
            box.put("by the handler")

    before = signal.signal(signal.SIGUSR1, handler)
    try:
        box.call(lambda: signal.raise_signal(signal.SIGUSR1))
        box.put("later")
    finally:
        signal.signal(signal.SIGUSR1, before)
    outer, inner, later = log.events
    assert [e.kind for e in (outer, inner, later)] == ["call", "put", "put"]
    assert outer.start <= inner.start <= inner.end <= outer.end <= later.start


def test_after_the_handler_the_interrupted_operation_is_still_one(log):
    box = Box()

    def handler_and_more():
        with gate.outside():
            box.put("by the handler")
        box.put("by the operation")

    box.call(handler_and_more)
    assert [(e.kind, e.argument) for e in log.events][1:] == [("put", "by the handler")]


def test_signals_at_every_moment_leave_each_event_a_number_of_its_own():
    """A handler that records runs before each bytecode of the gate's own code, as a signal may."""
    log, box = Log(), Box()
    recorded = gate.Recorded("p", log)

    def tracer(frame, what, _):
        if frame.f_code.co_filename == gate.__file__:
            frame.f_trace_opcodes = True
            if what == "opcode":
                recorded.note("handle", "signals", "take", 10)
        return tracer

    before = sys.gettrace()
    sys._getframe().f_trace_opcodes = True       # or Python 3.12 traces no opcodes at all
    with gate.closed(recorded):
        sys.settrace(tracer)
        try:
            box.put("x")
        finally:
            sys.settrace(before)
    handled = [e.index for e in log.told if e.kind == "handle"]
    put = {e.index for e in log.told if e.kind == "put"}
    assert len(handled) > 50 and len(put) == 1
    assert sorted([*handled, *put]) == list(range(len(handled) + 1))


def test_threads_pass_the_gate_each_for_itself(log):
    box, inside, go_on = Box(), threading.Event(), threading.Event()

    def stay_inside():
        box.call(lambda: (inside.set(), go_on.wait(30)))

    thread = threading.Thread(target=stay_inside)
    thread.start()
    inside.wait(30)
    box.put("x")                                 # the other thread is inside an operation; this one is not
    go_on.set()
    thread.join()
    assert sorted(e.kind for e in log.events) == ["call", "put"]


def test_what_happened_to_the_process_can_be_noted(log):
    gate.current().note("handle", "signals", "take", 10)
    event, = log.events
    assert (event.kind, event.role, event.argument, event.result) == ("handle", "take", 10, 10) and event.done


def test_a_class_made_behind_a_closed_gate_is_gated_and_opens_with_it(log):
    class Late(Box):
        @operation("give")
        def put_late(self):
            return "late"

    Late().put_late()
    gate.open()
    assert Late().put_late() == "late" and not hasattr(Late.put_late, "__wrapped__")
    assert [e.kind for e in log.events] == ["put_late"]


def test_a_pickled_bound_method_is_gated_where_it_is_unpickled():
    with Semaphore(0, label="s") as semaphore:
        pickled = pickle.dumps(semaphore.V)
        log = Log()
        with gate.closed(gate.Recorded("p", log)):
            V = pickle.loads(pickled)
            V()
            functools.partial(V)()
            again = pickle.dumps(V)
        pickle.loads(again)()
        assert semaphore.value == 3
    assert [e.kind for e in log.events] == ["V", "V"]


# Across processes

def in_child(function):
    """Run `function(write)` in a forked child that is killed when it blocks for ever; the lines that it wrote."""
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            function(lambda text: os.write(w, f"{text}\n".encode()))
        finally:
            os._exit(0)
    os.close(w)
    return pid, os.fdopen(r)


def test_a_forked_child_inherits_the_gate():
    with Semaphore(0, label="s") as semaphore:
        def child(write):
            gate.current().sink = lambda event: write(f"{event.kind} {event.done}")
            semaphore.V()

        log = Log()
        with gate.closed(gate.Recorded("p", log)):
            pid, lines = in_child(child)
        with lines:
            assert lines.read().split("\n") == ["V False", "V True", ""]
        os.waitpid(pid, 0)
        assert log.told == [] and semaphore.value == 1


def test_one_that_blocks_for_ever_is_on_record_as_such():
    with Semaphore(0, label="empty") as semaphore:
        def child(write):
            gate.close(gate.Recorded("p", lambda event: write(f"{event.kind} {event.object} {event.end}")))
            semaphore.P()

        pid, lines = in_child(child)
        with lines:
            assert lines.readline() == "P empty None\n"
            kernel.wait_until_blocked(pid, ("semop", "semtimedop"), 30)
            os.kill(pid, signal.SIGKILL)
            assert lines.read() == ""
        os.waitpid(pid, 0)


# Held

class Line:
    """A channel whose controller is the test itself: asked operations wait until `let()`."""

    def __init__(self):
        self.asked, self.told, self._go = queue.Queue(), queue.Queue(), queue.Queue()

    def ask(self, event, request):
        self.asked.put((event, request))
        self._go.get(timeout=30)

    def tell(self, event):
        self.told.put(event)

    def let(self):
        self._go.put("go")


def test_held_an_operation_waits_for_its_controller_and_then_happens():
    line, box = Line(), Box()
    with gate.closed(gate.Held("p", line)):
        thread = threading.Thread(target=box.put, args=("x",))
        thread.start()
        event, request = line.asked.get(timeout=30)
        assert box.things == [] and line.told.empty()
        let_pass = time.monotonic_ns()
        assert (event.kind, event.object, event.end) == ("put", "box", None)
        assert (request.kind, request.target, request.args, request.role) == ("put", box, ("x",), "give")
        assert request.blocks and request.argument == "x"
        line.let()
        thread.join()
        told = line.told.get(timeout=30)
        assert box.things == ["x"] and told.done
        assert event.start < let_pass <= told.start <= told.end     # it waited for its turn, not for the kernel


def test_a_request_says_whether_it_may_wait_and_has_its_arguments_by_position():
    line = Line()
    line.let(), line.let()
    with gate.closed(gate.Held("p", line)):
        box = Box()
        box.put(times=2, thing="x")
        box.take()
    (_, put), (_, take) = line.asked.get(), line.asked.get()
    assert put.args == ("x", 2) and put.kwargs == {} and put.blocks
    assert take.args == () and not take.blocks


def test_a_controller_can_refuse_and_nothing_happens():
    class Refusing(Line):
        def ask(self, event, request):
            raise errors.RunError("enough")

    box = Box()
    with gate.closed(gate.Held("p", Refusing())), pytest.raises(errors.RunError):
        box.put("x")
    assert box.things == []
    box.put("y")
    assert box.things == ["y"]
