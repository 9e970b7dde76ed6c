"""The ring on real processes. (What it asks of processors that reorder is in test_ring_order.py.)"""

import contextlib
import ctypes
import errno
import os
import pickle
import random
import signal
import struct
import sys
from array import array

import pytest
from forked import TIME

from ipclab import Ring, errors, gate, kernel
from ipclab.explore.explorer import explore_here
from ipclab.explore.system import System
from ipclab.mechanisms import _fences, _handover, _ring, _ring_memory, _syscalls, _waiting, ledger, leftovers
from ipclab.processes import process, run
from ipclab.trace import Trace

KINDS = ["System V", "POSIX", "nameless", "anonymous"]
ASLEEP = ("futex",)


def messages(seed, count, largest):
    chosen = random.Random(seed)
    return (chosen.randbytes(chosen.randint(0, largest)) for _ in range(count))


def handed_over(ring):
    """`ring` as another process gets it from `run`: pickled, with its descriptors beside."""
    with _handover.packing() as parcel:
        pickled = pickle.dumps(ring)
    with _handover.unpacking([os.dup(fd) for fd in parcel.descriptors]):
        return pickle.loads(pickled)


def full(slots=2, **more):
    """A ring with two messages in it and room for no third."""
    ring = Ring(slots, 8, **more)
    ring.send(b"one")
    ring.send(b"two")
    return ring


# Order and content

@pytest.mark.parametrize("kind", KINDS)
def test_all_messages_come_whole_and_in_order(kind, child):
    def send_all(ring):
        for message in messages(kind, 1500, 300):
            ring.send(message)

    with Ring(8, 300, kind=kind) as ring:
        sender = child(send_all, ring)
        for message in messages(kind, 1500, 300):
            assert ring.receive(TIME) == message
        sender.result()
        assert ring.state() == 0


def test_messages_go_between_processes_of_a_run():
    def sender(ring):
        for n in range(100):
            ring.send(b"%d" % n)

    def receiver(ring):
        return [int(ring.receive()) for _ in range(100)]

    with Ring(4, 8) as ring:
        result = run(process(sender, ring), process(receiver, ring))
        assert result["receiver"].value == list(range(100))


@pytest.mark.parametrize("message", [b"", b"\0\0", b"x" * 64, bytearray(b"ab"), memoryview(b"abcd")[::1],
                                     array("q", [1, 2])], ids=lambda m: f"{type(m).__name__}{len(m)}")
def test_anything_like_bytes_is_a_message(message):
    with Ring(2, 64) as ring:
        ring.send(message)
        ring.send_nowait(message)
        assert [ring.receive(), ring.receive_nowait()] == [bytes(message)] * 2


def test_a_short_message_in_a_used_slot_brings_nothing_of_the_old_one():
    with Ring(1, 16) as ring:
        for message in (b"a long message", b"short", b"", b"longer again", b"five."):
            ring.send(message)
            assert ring.receive() == message


def test_large_messages_are_written_and_read_in_place(child):
    def send_squares(ring):
        for n in range(20):
            slot = ring.reserve()
            slot[:2] = bytes([n, n * n % 256])
            slot[-1:] = b"!"
            ring.publish(2 if n % 2 else None)

    with Ring(3, 100_000) as ring:
        sender = child(send_squares, ring)
        for n in range(20):
            view = ring.peek(TIME)
            assert bytes(view[:2]) == bytes([n, n * n % 256]) and len(view) == (2 if n % 2 else 100_000)
            assert view.readonly and ring.peek() == view
            ring.release()
        sender.result()


def test_a_view_is_over_when_its_slot_is_the_others():
    with Ring(2, 8) as ring:
        slot = ring.reserve()
        ring.publish(3)
        message = ring.peek()
        ring.release()
        for view in (slot, message):
            with pytest.raises(ValueError):
                view[0]


# Full and empty

def test_a_full_ring_takes_no_more_and_an_empty_one_gives_nothing():
    with full(label="ring") as ring:
        assert (ring.state(), ring.waiting, ring.capacity()) == (2, 2, 2)
        for call in (lambda: ring.send_nowait(b""), ring.reserve_nowait):
            with pytest.raises(errors.WouldBlock, match="'ring'.*full"):
                call()
        assert not ring.may("send", b"") and not ring.may("reserve") and ring.may("receive") and ring.may("peek")
        assert [ring.receive_nowait(), bytes(ring.peek_nowait())] == [b"one", b"two"]
        ring.release()
        for call in (ring.receive_nowait, ring.peek_nowait):
            with pytest.raises(errors.WouldBlock, match="'ring'.*empty"):
                call()
        assert ring.may("send", b"") and ring.may("reserve") and not ring.may("receive") and not ring.may("peek")
        assert ring.may("send_nowait", b"") and ring.may("release")


@pytest.mark.parametrize("spin", [0, 100, None])
@pytest.mark.parametrize("call", ["receive", "peek"])
def test_who_finds_nothing_sleeps_in_the_kernel_until_something_is_sent(call, spin, child):
    with Ring(2, 8, spin=spin) as ring:
        waiting = child(lambda: bytes(getattr(ring, call)())).blocked(*ASLEEP)
        ring.send(b"news")
        assert waiting.result() == b"news"


@pytest.mark.parametrize("call, free", [("send", "receive"), ("reserve", "release")])
def test_who_finds_no_room_sleeps_in_the_kernel_until_a_slot_is_free(call, free, child):
    def put():
        if call == "reserve":
            ring.reserve()[:3] = b"xyz"
            ring.publish(3)
        else:
            ring.send(b"xyz")

    with full() as ring:
        waiting = child(put).blocked(*ASLEEP)
        if free == "release":
            ring.peek()
        getattr(ring, free)()
        waiting.result()
        assert [ring.receive(), ring.receive()] == [b"two", b"xyz"]


def test_it_spins_only_where_somebody_else_can_run_meanwhile(child):
    def looks(processors):
        os.sched_setaffinity(0, processors)
        with Ring(1, 1) as ring, contextlib.suppress(errors.TimedOut):
            return ring._receiver._worth_spinning()

    mine = sorted(os.sched_getaffinity(0))
    assert child(looks, mine[:1]).result() == 0
    if len(mine) > 1:
        assert child(looks, mine[:2]).result() == _waiting.USUAL_SPIN


# No wake-up is lost: one side acts at each instant of the other's waiting, and waits at each of the other's acting

OURS = {module.__file__ for module in (_ring, _ring_memory, _waiting)}


class Stop:
    """This process stops before the line number `k` that it comes to in the ring's own code, until told to go on."""

    def __init__(self, k, stopped, go_on):
        self.left, self.stopped, self.go_on = k, stopped, go_on

    def __enter__(self):
        sys.settrace(lambda frame, event, arg: self.line if frame.f_code.co_filename in OURS else None)

    def __exit__(self, *_):
        sys.settrace(None)

    def line(self, frame, event, arg):
        if event == "line":
            self.left -= 1
            if self.left == -1:
                os.write(self.stopped, b"stop")
                os.read(self.go_on, 1)
        return self.line


def step_by_step(ring, verb, stopped, go_on, turn):
    """For a child: do it in turn, the first time with a stop at the first line, the second time at the second, …"""
    for k in range(1000):
        os.read(turn, 1)
        with Stop(k, stopped, go_on):
            do(ring, verb)
        os.write(stopped, b"done")


def whenever_told(ring, verb, told, report):
    """For a child: do it each time that it is told to, and say so before and after."""
    while os.read(told, 1):
        os.write(report, b"from")
        do(ring, verb)
        os.write(report, b"done")


def do(ring, verb):
    ring.send(b"message") if verb == "send" else ring.receive()


def refuse_membarrier():
    """No membarrier(2) in this process and its children any more, as in some containers: seccomp(2)."""
    allow, refuse = 0x7FFF0000, 0x00050000 | errno.EPERM
    steps = [(0x20, 0, 0, 0), (0x15, 0, 1, _syscalls._MEMBARRIER), (6, 0, 0, refuse), (6, 0, 0, allow)]
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    filter = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(program))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0 == libc.prctl(22, 2, filter, 0, 0)       # no new privileges; the filter


def ring_for(waits, sandboxed):
    """A ring for one message in which `waits` has to wait."""
    if sandboxed:
        refuse_membarrier()
    ring = Ring(1, 8, spin=0)
    assert ring._fenced == sandboxed
    if waits == "send":
        ring.send(b"message")
    return ring


schedules = pytest.mark.parametrize("sandboxed", [False, True], ids=["membarrier", "fences"])
both_ways = pytest.mark.parametrize("waits, acts", [("receive", "send"), ("send", "receive")])


@pytest.mark.alone
@schedules
@both_ways
def test_one_may_act_at_any_instant_of_the_others_waiting(waits, acts, sandboxed, child):
    (stopped, stop), (go_on, go), (turn, next) = (os.pipe() for _ in range(3))
    ring, instants, said = ring_for(waits, sandboxed), 0, b"stop"
    waiter = child(step_by_step, ring, waits, stop, go_on, turn)
    while said == b"stop":
        os.write(next, b"t")
        waiter.blocked("read", *ASLEEP) if instants else waiter.blocked(*ASLEEP, "read")
        do(ring, acts)                                       # while it stands before that line, or sleeps
        said = os.read(stopped, 4)
        if said == b"stop":
            instants += 1
            os.write(go, b"g")
            assert os.read(stopped, 4) == b"done"            # a lost wake-up would end in the alarm
    assert instants > 30
    waiter.end()


@pytest.mark.alone
@schedules
@both_ways
def test_one_may_fall_asleep_at_any_instant_of_the_others_acting(waits, acts, sandboxed, child):
    (stopped, stop), (go_on, go), (turn, next), (told, tell), (reports, report) = (os.pipe() for _ in range(5))
    ring, instants, said = ring_for(waits, sandboxed), 0, b"stop"
    actor = child(step_by_step, ring, acts, stop, go_on, turn)
    waiter = child(whenever_told, ring, waits, told, report)
    while said == b"stop":
        os.write(next, b"t")
        said = os.read(stopped, 4)
        os.write(tell, b"t")
        assert os.read(reports, 4) == b"from"
        waiter.blocked("read", *ASLEEP)                      # it has come through, or it sleeps
        if said == b"stop":
            instants += 1
            os.write(go, b"g")
            assert os.read(stopped, 4) == b"done"
        assert os.read(reports, 4) == b"done"
    assert instants > 10
    actor.end(), waiter.end()


# Time limits, signals, deaths

def test_a_time_limit_ends_the_wait_and_nothing_has_changed():
    with Ring(1, 8, label="ring", spin=10) as ring:
        for call in (ring.receive, ring.peek):
            with pytest.raises(errors.TimedOut, match="'ring'.*ETIMEDOUT.*Nobody sent one within 0.01 s"):
                call(timeout=0.01)
        ring.send(b"only")
        for call in (lambda **limit: ring.send(b"more", **limit), ring.reserve):
            with pytest.raises(errors.TimedOut, match="'ring'.*Nobody made room within 0 s; messages waiting: 1"):
                call(timeout=0)
        assert ring.receive(timeout=0) == b"only" and ring.waiting == 0


class Struck(Exception):
    pass


def strike(*_):
    raise Struck


@pytest.fixture
def on_signal():
    before = signal.getsignal(signal.SIGUSR1)
    yield lambda handler: signal.signal(signal.SIGUSR1, handler)
    signal.signal(signal.SIGUSR1, before)


def test_a_handler_runs_while_it_waits_and_it_goes_on_waiting(child, on_signal):
    with Ring(2, 8) as ring, Ring(1, 8) as other:
        on_signal(lambda *_: other.send(b"handled"))
        waiting = child(ring.receive).blocked(*ASLEEP)
        waiting.kill(signal.SIGUSR1)
        assert other.receive(TIME) == b"handled"
        ring.send(b"at last")
        assert waiting.result() == b"at last"


@pytest.mark.parametrize("raised", [Struck, TimeoutError, PermissionError])
def test_what_a_handler_raises_comes_out_and_the_ring_goes_on(raised, child, on_signal):
    def wait_twice():
        try:
            ring.receive(timeout=TIME)
        except raised as error:
            assert not isinstance(error, errors.IPCError)
            other.send(b"caught")
            return ring.receive()

    def handler(*_):
        raise raised

    with Ring(2, 8) as ring, Ring(1, 8) as other:
        on_signal(handler)
        waiting = child(wait_twice).blocked(*ASLEEP)
        waiting.kill(signal.SIGUSR1)
        assert other.receive(TIME) == b"caught"
        waiting.blocked(*ASLEEP)
        ring.send(b"news")
        assert waiting.result() == b"news"


def die(ring, verb, *arguments):
    getattr(ring, verb)(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)


def test_who_dies_in_the_middle_has_sent_nothing_or_taken_nothing(child):
    with full(slots=3) as ring:
        assert child(die, ring, "reserve").wait() == -signal.SIGKILL
        assert child(die, ring, "peek").wait() == -signal.SIGKILL
        assert ring.waiting == 2


def test_another_may_take_the_place_of_who_died(child):
    with Ring(2, 8) as ring:
        for n in range(5):
            assert child(die, ring, "send", b"%d" % n).wait() == -signal.SIGKILL
            assert child(ring.receive).result() == b"%d" % n
        asleep = child(ring.receive).blocked(*ASLEEP)
        asleep.kill()
        assert asleep.wait() == -signal.SIGKILL
        ring.send(b"for next")
        assert ring.receive() == b"for next"
        assert child(lambda: ring.receive()).blocked(*ASLEEP)        # no wake-up was left over for ever


@pytest.mark.parametrize("kind", ["System V", "POSIX"])
def test_what_a_dead_process_left_is_swept(kind, child):
    def create_and_die():
        Ring(2, 8, kind=kind)
        os.kill(os.getpid(), signal.SIGKILL)

    with Ring(2, 8, kind=kind) as mine:
        mine.send(b"kept")
        assert child(create_and_die).wait() == -signal.SIGKILL
        assert [entry.kind for entry in leftovers.sweep()] == [entry.kind for entry in ledger.mine()]
        with handed_over(mine) as other:
            assert other.receive() == b"kept"


# Without membarrier

@pytest.mark.alone
def test_where_membarrier_is_refused_the_ring_does_without(child):
    def echo():
        for _ in range(300):
            back.send(there.receive())

    refuse_membarrier()
    with Ring(2, 8) as there, Ring(2, 8) as back:
        echoing = child(echo)
        for n in range(300):
            there.send(b"%d" % n)
            assert back.receive(TIME) == b"%d" % n
        echoing.result()


@pytest.mark.alone
def test_a_sandboxed_process_is_told_that_it_cannot_use_a_ring_from_outside():
    with Ring(1, 8, label="ring", spin=0) as ring:
        refuse_membarrier()
        with pytest.raises(errors.NotPermitted, match="membarrier on message ring 'ring' .EPERM.*sandbox"):
            handed_over(ring)
        with pytest.raises(errors.NotPermitted, match="'ring' .EPERM.*sandbox"):
            ring.receive()


def test_a_forked_child_is_as_reachable_as_its_parent(child):
    def registered():
        return _syscalls._libc.syscall(ctypes.c_long(_syscalls._MEMBARRIER), 1 << 9, 0, 0)

    if not _fences.reachable() or registered() < 0:
        pytest.skip("a kernel that tells who is registered for membarrier: Linux 6.3")
    assert child(registered).result() & _fences._REGISTER_GLOBAL_EXPEDITED


# Errors

def test_what_is_no_message_is_refused():
    with Ring(2, 8, label="ring") as ring:
        for message in ("text", 7, None, memoryview(b"abcd")[::2]):
            with pytest.raises(errors.Misuse, match=f"send.*'ring'.*not {type(message).__name__}.*encode"):
                ring.send(message)
        with pytest.raises(errors.TooBig, match="'ring'.*EMSGSIZE.*has 9 bytes and a slot 8.*slot_size"):
            ring.send(b"123456789")
        with pytest.raises(errors.TooBig, match="has 16 bytes"):
            ring.send(array("q", [1, 2]))
        assert ring.waiting == 0


@pytest.mark.parametrize("numbers", [{"slots": 0}, {"slots": 2.5}, {"slots": True}, {"slot_size": 0},
                                     {"slot_size": "8"}, {"spin": -1}])
def test_numbers_that_make_no_ring_are_refused(numbers):
    name, value = next(iter(numbers.items()))
    with pytest.raises(errors.Misuse, match=f"{name} must be a whole number from . to .*, not {value!r}"):
        Ring(**numbers)


def test_a_ring_for_which_there_is_no_memory_is_refused():
    with pytest.raises(errors.LimitReached, match="no room"):
        Ring(2**32, 2**40)
    with pytest.raises(errors.Misuse, match="System V"):
        Ring(kind="systemd")


def test_publish_and_release_need_what_comes_before_them():
    with full(label="ring", slots=3) as ring:
        with pytest.raises(errors.Misuse, match=r"publish.*'ring'.*reserve\(\) first"):
            ring.publish(3)
        with pytest.raises(errors.Misuse, match=r"release.*'ring'.*peek\(\) first"):
            ring.release()
        ring.reserve()
        for n in (-1, 9, 2.0):
            with pytest.raises(errors.Misuse, match="n must be a whole number from 0 to 8"):
                ring.publish(n)
        ring.send(b"between")
        ring.peek()
        ring.receive()
        with pytest.raises(errors.Misuse, match="nothing in between"):
            ring.publish()
        with pytest.raises(errors.Misuse, match="nothing in between"):
            ring.release()
        assert [ring.receive(), ring.receive()] == [b"two", b"between"]


def test_a_closed_ring_says_so():
    with Ring(2, 8, label="ring") as ring:
        view = ring.reserve()
        ring.close()
        ring.close()
        for call in (lambda: ring.send(b""), lambda: ring.send_nowait(b""), ring.receive, ring.receive_nowait,
                     ring.peek, ring.peek_nowait, ring.reserve, ring.reserve_nowait, ring.publish, ring.release,
                     lambda: ring.waiting):
            with pytest.raises(errors.Closed, match="'ring'.*closed in this process"):
                call()
        assert ring.state() is None and ring.may("send") and ring.may("receive")
        with pytest.raises(ValueError):
            view[0]


def test_memory_in_use_is_not_unmapped():
    with full() as ring:
        part = ring.peek()[1:]
        with pytest.raises(errors.Misuse, match="in use"):
            ring.close()
        assert bytes(part) == b"ne"
        part.release()
        ring.close()


def test_a_ring_that_was_removed_cannot_be_found_any_more():
    with Ring(2, 8, kind="POSIX", label="ring") as ring:
        pickled = pickle.dumps(ring)
        ring.remove()
        ring.remove()
        ring.send(b"still")
        assert ring.receive() == b"still"
        with pytest.raises(errors.NotFound, match="'ring'.*removed before"):
            pickle.loads(pickled)


# In the trace, and behind the held gate

def test_messages_are_paired_by_what_they_say():
    events = {}
    with Ring(4, 2000, label="ring") as ring:
        objects = (ring.described(),)
        with gate.closed(gate.Recorded("a", lambda e: events.__setitem__(e.key, e))):
            ring.send(b"one")
            ring.send_nowait(b"x" * 2000)
            ring.reserve()[:3] = b"two"
            ring.publish(3)
            ring.receive()
            ring.receive_nowait()
            ring.peek()
            ring.release()
    trace = Trace(("a",), objects, tuple(events.values()))
    assert [(p.give.kind, p.take.kind) for p in trace.pairs] == [
        ("send", "receive"), ("send_nowait", "receive_nowait"), ("publish", "peek")]
    assert [e.value for e in trace] == [1, 2, 2, 3, 2, 1, 1, 0]
    assert (objects[0].family, objects[0].capacity) == ("message ring", 4)


def pair(receives):
    def make():
        ring = Ring(1, 8, label="ring")

        def producer():
            for item in (b"a", b"b"):
                ring.send(item)

        def consumer():
            taken = []
            for _ in range(receives):
                taken.append(bytes(ring.peek()).decode())
                ring.release()
            return taken

        return System(process(producer), process(consumer), check=lambda end: end.outcomes["consumer"] == ["a", "b"])

    return make


def test_the_explorer_comes_to_a_verdict():
    assert explore_here(pair(receives=2)).proved
    verdict = explore_here(pair(receives=3))
    assert verdict.refuted and verdict.reason == "deadlock: consumer can never go on"


@pytest.mark.slow
def test_no_wake_up_is_lost_in_two_hundred_thousand_round_trips(child):
    def echo():
        signal.alarm(0)
        for _ in range(200_000):
            back.send(there.receive())

    with Ring(1, 8, spin=3) as there, Ring(1, 8, spin=0) as back:
        echoing = child(echo)
        for n in range(200_000):
            there.send(b"%d" % n)
            assert back.receive(TIME) == b"%d" % n
        echoing.result()
