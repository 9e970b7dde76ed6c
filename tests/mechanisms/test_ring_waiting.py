"""How the ring waits, on real processes: no wake-up is lost, and a handler or a time limit may end it."""

import contextlib
import ctypes
import errno
import itertools
import os
import signal
import struct
import sys
import threading
from functools import partial
from pathlib import Path

import pytest
from forked import TIME, Struck, handed_over

from ipclab import Ring, errors, kernel
from ipclab.mechanisms import _fences, _ring, _ring_memory, _syscalls, _waiting

ASLEEP = ("futex",)


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


class Before:
    """Calls `strike()` before the line number `k` that this process comes to in the ring's own code."""

    def __init__(self, k, strike):
        self.left, self.strike = k, strike

    def __enter__(self):
        sys.settrace(lambda frame, event, arg: self.line if frame.f_code.co_filename in OURS else None)

    def __exit__(self, *_):
        sys.settrace(None)

    def line(self, frame, event, arg):
        if event == "line":
            self.left -= 1
            if self.left == -1:
                self.strike()
        return self.line


def step_by_step(ring, verb, stopped, go_on, turn):
    """For a child: do it in turn, the first time with a stop at the first line, the second time at the second, …"""
    def stop():
        os.write(stopped, b"stop")
        os.read(go_on, 1)

    for k in range(1000):
        os.read(turn, 1)
        with Before(k, stop):
            do(ring, verb)
        os.write(stopped, b"done")


def whenever_told(ring, verb, told, report):
    """For a child: do it each time that it is told to, and say so before and after."""
    while os.read(told, 1):
        os.write(report, b"from")
        do(ring, verb)
        os.write(report, b"done")


def do(ring, verb):
    getattr(ring, verb)(*{"send": [b"message"], "receive_into": [bytearray(8)]}.get(verb, []))


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def refuse_membarrier():
    """No membarrier(2) in this process and its children any more, as in some containers: seccomp(2)."""
    allow, refuse = 0x7FFF0000, 0x00050000 | errno.EPERM
    steps = [(0x20, 0, 0, 0), (0x15, 0, 1, _syscalls._MEMBARRIER), (6, 0, 0, refuse), (6, 0, 0, allow)]
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    filter = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(program))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0 == libc.prctl(22, 2, filter, 0, 0)       # no new privileges; the filter


def ring_for(waits, sandboxed, slots=1):
    """A ring in which `waits` has to wait."""
    if sandboxed:
        refuse_membarrier()
    ring = Ring(slots, 8, spin=0)
    assert ring._fenced == sandboxed
    for _ in range(slots if waits == "send" else 0):
        ring.send(b"message")
    return ring


schedules = pytest.mark.parametrize("sandboxed", [False, True], ids=["membarrier", "fences"])
both_ways = pytest.mark.parametrize("waits, acts", [("receive", "send"), ("send", "receive"),
                                                         ("receive_into", "send"), ("send", "receive_into")])


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


@pytest.mark.alone
@schedules
@pytest.mark.parametrize("waits, acts", [("receive", "send"), ("send", "receive")])
@pytest.mark.parametrize("slots", [1, 2])
def test_one_may_die_at_any_instant_of_its_acting_and_another_take_its_place(slots, waits, acts, sandboxed, child):
    """The dead may have woken nobody. With one slot, who comes after finds no room or message left, and waits."""
    def dies(k):
        with Before(k, die):
            do(ring, acts)

    for k in itertools.count():
        ring = ring_for(waits, sandboxed, slots)             # a new one: then it comes to the same lines each time
        waiting = child(do, ring, waits).blocked(*ASLEEP)
        died = child(dies, k).wait() == -signal.SIGKILL
        do(ring, acts)                                       # this process takes its place
        waiting.result()                                     # a lost wake-up would end in the alarm
        if not died:
            break
    assert k > 10


@pytest.mark.parametrize("waits, acts", [("receive", "send"), ("send", "receive")])
def test_who_only_tries_wakes_the_other_in_the_place_of_who_died(waits, acts, child):
    """In a ring with one slot, whoever comes after the dead finds done what would wake the other."""
    def dies():
        sys.settrace(lambda *_: dies_when_done)
        do(ring, acts)

    def dies_when_done(*_):
        if ring.may(waits):                                  # and the other was not woken yet
            die()
        return dies_when_done

    ring = ring_for(waits, sandboxed=False)
    waiting = child(do, ring, waits).blocked(*ASLEEP)
    assert child(dies).wait() == -signal.SIGKILL
    waiting.blocked(*ASLEEP)
    with pytest.raises(errors.WouldBlock):
        getattr(ring, f"{acts}_nowait")(*[b"message"][:acts == "send"])
    waiting.result()


def needless(bell):
    value = ctypes.c_int()
    assert _syscalls._libc.sem_getvalue(bell.semaphore, ctypes.byref(value)) == 0
    return value.value


def test_a_needless_post_is_made_once_by_each_process_and_used_up_by_who_sleeps(child):
    def send_three():
        for _ in range(3):
            ring.send(b"message")

    with Ring(64, 8, spin=0) as ring:
        gone = child(ring.receive).blocked(*ASLEEP)
        gone.kill()
        gone.wait()                                          # its flag is up for ever
        for _ in range(5):
            child(send_three).result()
        assert needless(ring._receivers_bell) == 5
        assert [ring.receive() for _ in range(15)] == [b"message"] * 15
        waiting = child(ring.receive).blocked(*ASLEEP)
        ring.send(b"news")
        assert waiting.result() == b"news"
        assert needless(ring._receivers_bell) == 0


def round_trips(times, there, back, child):
    def echo():
        signal.alarm(0)                                      # this side has a time limit
        for _ in range(times):
            back.send(there.receive())

    echoing = child(echo)
    for n in range(times):
        there.send(b"%d" % n)
        assert back.receive(TIME) == b"%d" % n
    echoing.result()


@pytest.mark.slow
def test_no_wake_up_is_lost_in_two_hundred_thousand_round_trips(child):
    with Ring(1, 8, spin=3) as there, Ring(1, 8, spin=0) as back:
        round_trips(200_000, there, back, child)


# Without membarrier

@pytest.mark.alone
def test_where_membarrier_is_refused_the_ring_does_without(child):
    refuse_membarrier()
    with Ring(2, 8) as there, Ring(2, 8) as back:
        round_trips(300, there, back, child)


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


# Time limits and signals

def test_a_time_limit_ends_the_wait_and_nothing_has_changed():
    with Ring(1, 8, label="ring", spin=10) as ring:
        for call in (ring.receive, ring.peek, partial(ring.receive_into, bytearray(8))):
            with pytest.raises(errors.TimedOut, match="'ring'.*ETIMEDOUT.*Nobody sent one within 0.01 s"):
                call(timeout=0.01)
        ring.send(b"only")
        for call in (lambda **limit: ring.send(b"more", **limit), ring.reserve):
            with pytest.raises(errors.TimedOut, match="'ring'.*Nobody made room within 0 s; messages waiting: 1"):
                call(timeout=0)
        assert ring.receive(timeout=0) == b"only" and ring.waiting == 0


def test_a_handler_runs_while_it_waits_and_it_goes_on_waiting(child, on_signal):
    with Ring(2, 8) as ring, Ring(1, 8) as other:
        on_signal(lambda *_: other.send(b"handled"))
        waiting = child(ring.receive).blocked(*ASLEEP)
        waiting.kill(signal.SIGUSR1)
        assert other.receive(TIME) == b"handled"
        ring.send(b"at last")
        assert waiting.result() == b"at last"


@pytest.mark.parametrize("raised", [Struck, TimeoutError, PermissionError, TypeError])
@pytest.mark.parametrize("call", ["receive", "receive_into"])
def test_what_a_handler_raises_comes_out_and_the_ring_goes_on(call, raised, child, on_signal):
    def wait_twice():
        buffer = [bytearray(8)] if call == "receive_into" else []
        try:
            getattr(ring, call)(*buffer, timeout=TIME)
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


@pytest.mark.parametrize("raised", [SystemExit, KeyboardInterrupt, TimeoutError])
@pytest.mark.parametrize("timeout", [None, TIME])
def test_a_handler_may_close_the_ring_that_it_interrupts_and_raise(timeout, raised, child, on_signal):
    def handler(*_):
        ring.close()
        raise raised("by the handler")

    def wait():
        with pytest.raises(raised, match="^by the handler$"):
            ring.receive(timeout)
        return ring.state()

    with Ring(2, 8, spin=0) as ring:
        on_signal(handler)
        waiting = child(wait).blocked(*ASLEEP)
        waiting.kill(signal.SIGUSR1)
        assert waiting.result() is None


@pytest.mark.parametrize("timeout", [None, TIME])
def test_who_finds_its_ring_closed_by_a_handler_is_told(timeout, child, on_signal):
    with Ring(2, 8, spin=0) as ring:
        on_signal(lambda *_: ring.close())
        waiting = child(ring.receive, timeout).blocked(*ASLEEP)
        waiting.kill(signal.SIGUSR1)
        with pytest.raises(errors.Closed):
            waiting.result()


@pytest.mark.alone
def test_a_handler_may_close_the_ring_at_any_instant_of_a_wait(child):
    """Also just before the sleep, when the semaphore is about to be touched: the memory must still be there."""
    def wait(k):
        struck = []

        def strike():
            struck.append(k)
            ring.close()

        with Ring(2, 8, spin=0) as ring:
            with pytest.raises((errors.Closed, errors.TimedOut)), Before(k, strike):
                ring.receive(timeout=0.01)
            assert (ring.state() is None) == (not mapped()) == bool(struck)
        return bool(struck)

    def mapped():
        return "/memfd:" in Path("/proc/self/maps").read_text()

    instants = next(k for k in itertools.count() if not child(wait, k).result())
    assert instants > 20


def test_another_thread_cannot_unmap_the_ring_under_who_sleeps_in_it(child):
    def close_meanwhile():
        def close():
            kernel.wait_until_blocked(os.getpid(), ASLEEP, TIME)
            with pytest.raises(errors.Misuse, match="in use"):
                ring.close()
            closed.append(True)
            other.send(b"refused")

        closed = []
        closing = threading.Thread(target=close)
        closing.start()
        with pytest.raises(errors.Closed):
            ring.receive()
        closing.join()
        return closed

    with Ring(2, 8, spin=0) as ring, Ring(1, 8) as other:
        waiting = child(close_meanwhile)
        assert other.receive(TIME) == b"refused"
        ring.send(b"news")
        assert waiting.result() == [True]


@pytest.mark.parametrize("slots", [1, 4])
def test_a_stream_of_messages_between_two_that_sleep_at_once_comes_to_its_end(slots, child):
    """A post for one who waits for the next message already was noted as if it were for that message: both slept."""
    number = 3_000
    with Ring(slots, 8, spin=0) as ring:
        sender = child(lambda: [ring.send(b"%d" % i, timeout=TIME) for i in range(number)] and None)
        assert [int(ring.receive(timeout=TIME)) for _ in range(number)] == [*range(number)]
        sender.result()


def test_who_waits_for_more_than_is_there_is_not_woken_and_the_post_that_is_due_comes():
    """A ticket is the number of messages that have to be sent before its owner can go on."""
    with Ring(8, 8) as ring:
        posts = ctypes.c_int.from_address(ctypes.addressof(ring._receivers_bell.semaphore._obj))
        for ticket, posted in ((2, 0), (2, 1), (2, 1), (5, 1), (5, 2)):
            ring._cells[_ring_memory.RECEIVER_WAITS] = ticket
            ring.send(b"x")
            assert posts.value == posted
