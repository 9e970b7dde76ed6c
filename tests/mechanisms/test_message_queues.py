import os
import pickle
import signal
import threading
import time
from pathlib import Path

import pytest
from forked import TIME, Struck

from ipclab import errors, gate
from ipclab.mechanisms import ledger, leftovers
from ipclab.mechanisms.message_queues import MessageQueue, PosixQueue
from ipclab.mechanisms.semaphores import Semaphore
from ipclab.trace import Trace

STACK = "last-in-first-out"
MAKERS = {"System V": MessageQueue, "stack": lambda **more: MessageQueue(order=STACK, **more), "POSIX": PosixQueue}
SEND = ("msgsnd", "mq_timedsend")
RECEIVE = ("msgrcv", "mq_timedreceive")
each = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
both = pytest.mark.parametrize("make", [MessageQueue, PosixQueue])


def full(make, **more):
    """A queue with two messages in it and room for no third."""
    queue = PosixQueue(2, 8, **more) if make is PosixQueue else make(max_bytes=16, **more)
    queue.send("12345678")
    queue.send("12345678")
    return queue


# One manner for all

@each
@pytest.mark.parametrize("message", [b"bytes", "text: 信号", b"", b"\0\n\0", bytearray(b"ab"), memoryview(b"cd"),
                                     b"x" * 8192], ids=["bytes", "text", "nothing", "zeros", "array", "view", "long"])
def test_a_message_comes_out_as_it_went_in(make, message):
    with make() as queue:
        queue.send(message)
        assert queue.waiting == 1
        assert queue.receive() == (message.encode() if isinstance(message, str) else bytes(message))
        assert queue.waiting == 0


@each
def test_receive_waits_until_another_process_sends(make, child):
    with make() as queue:
        receiver = child(queue.receive).blocked(*RECEIVE)
        queue.send("hello")
        assert receiver.result() == b"hello"


@each
def test_send_waits_until_another_process_receives(make, child):
    with full(make) as queue:
        sender = child(queue.send, "third").blocked(*SEND)
        assert queue.waiting == 2
        queue.receive()
        sender.result()
        assert queue.waiting == 2


@each
def test_each_message_goes_to_one_receiver_only(make, child):
    def receive_all(queue, stop):
        return list(iter(queue.receive, stop))

    with make() as queue:
        receivers = [child(receive_all, queue, b"stop") for _ in range(3)]
        senders = [child(lambda: [queue.send(f"{sender}:{i}") for i in range(50)]) for sender in range(3)]
        for sender in senders:
            sender.result()
        while queue.waiting:                     # a stack would hand out the stop before what was sent earlier
            os.sched_yield()
        for _ in receivers:
            queue.send("stop")
        got = [message for receiver in receivers for message in receiver.result()]
        assert sorted(got) == sorted(f"{sender}:{i}".encode() for sender in range(3) for i in range(50))


@each
def test_nowait_never_waits(make):
    with make(label="mail") as queue:
        with pytest.raises(errors.WouldBlock, match="receive_nowait on .*queue 'mail'.*timeout="):
            queue.receive_nowait()
        queue.send_nowait("x")
        assert queue.receive_nowait() == b"x"
    with full(make, label="mail") as queue:
        with pytest.raises(errors.WouldBlock, match="send_nowait on .*'mail'"):
            queue.send_nowait("12345678")
        assert queue.waiting == 2


@each
@pytest.mark.parametrize("timeout", [0, -1, 1e-9, 0.05])
def test_a_timeout_takes_and_sends_nothing(make, timeout):
    with make(label="mail") as queue:
        with pytest.raises(errors.TimedOut, match="receive on .*'mail'.*Nobody sent one within.*waiting: 0"):
            queue.receive(timeout=timeout)
        queue.send("x", timeout=timeout)
        assert queue.receive(timeout=timeout) == b"x"
    with full(make, label="mail") as queue:
        with pytest.raises(errors.TimedOut, match="send on .*'mail'.*Nobody made room within.*waiting: 2"):
            queue.send("12345678", timeout=timeout)
        assert queue.waiting == 2


@each
@pytest.mark.parametrize("timeout", [TIME, float("inf")])
def test_what_comes_in_time_ends_a_timed_call(make, timeout, child):
    with make() as queue:
        receiver = child(lambda: queue.receive(timeout=timeout)).blocked(*RECEIVE)
        queue.send("in time")
        assert receiver.result() == b"in time"


@each
@pytest.mark.parametrize("timeout", [None, TIME])
def test_a_handler_runs_and_the_call_goes_on_waiting(make, timeout, child, on_signal):
    with make() as queue, Semaphore(0) as ran:
        on_signal(lambda *_: ran.V())
        receiver = child(lambda: queue.receive(timeout=timeout))
        for _ in range(3):
            receiver.blocked(*RECEIVE).kill(signal.SIGUSR1)
            ran.P(timeout=TIME)
        receiver.blocked(*RECEIVE)
        queue.send("x")
        assert receiver.result() == b"x"


@each
@pytest.mark.parametrize("message", [5, None, ["a"], {"a": 1}])
def test_what_is_no_message_is_refused(make, message):
    with make(label="mail") as queue:
        for send in (queue.send, queue.send_nowait):
            with pytest.raises(errors.Misuse, match="'mail'.*bytes or text, not"):
                send(message)
        assert queue.waiting == 0


@each
def test_a_message_that_never_fits_is_refused_at_once(make):
    with make(label="mail") as queue:
        with pytest.raises(errors.TooBig, match="send on .*'mail' .EMSGSIZE.*8193 bytes and at most 8192"):
            queue.send(b"x" * 8193)
    with full(make, label="small") as queue:
        with pytest.raises(errors.TooBig, match="'small'"):
            queue.send(b"x" * 17)                # the kernel would let System V wait for ever


@each
def test_may_asks_the_real_queue(make):
    with make() as queue:
        assert queue.may("send", "x") and not queue.may("receive") and queue.may("receive_nowait")
        queue.send("x")
        assert queue.may("receive")
    with full(make) as queue:
        assert not queue.may("send", "12345678") and queue.may("send_nowait", "12345678") and queue.may("receive")


@each
def test_a_pickle_is_the_same_queue(make):
    with make(label="mail") as queue:
        other = pickle.loads(pickle.dumps(queue))
        other.send("one")
        other.send("two")
        assert {queue.receive(), queue.receive()} == {b"one", b"two"} and other.label == "mail"


@each
def test_a_pickle_of_what_is_gone_is_not_found(make):
    with make(label="early") as queue:
        pickled = pickle.dumps(queue)
        queue.remove()
        queue.remove()
    with pytest.raises(errors.NotFound, match="'early'.*removed"):
        pickle.loads(pickled)


@each
def test_it_describes_itself(make):
    with make(label="mail") as queue:
        queue.send("x")
        seen = queue.described()
        assert (seen.label, seen.value) == ("mail", 1) and "message queue" in seen.family
        assert seen.capacity == (10 if make is PosixQueue else None)


@each
def test_what_a_killed_creator_leaves_is_swept_and_nothing_else(make, child):
    def create_and_die():
        make().send("left")
        os.kill(os.getpid(), signal.SIGKILL)

    with make() as mine:
        mine.send("kept")
        assert child(create_and_die).wait() == -signal.SIGKILL
        assert [entry.kind for entry in leftovers.sweep()] == [entry.kind for entry in ledger.mine()]
        assert mine.receive() == b"kept" and pickle.loads(pickle.dumps(mine)).waiting == 0
    assert leftovers.sweep() == []


@each
def test_messages_are_paired_by_what_they_say(make):
    events = {}
    with make(label="mail") as queue:
        objects = (queue.described(),)
        with gate.closed(gate.Recorded("a", lambda e: events.__setitem__(e.key, e))):
            queue.send(message="信" * 300)
            queue.receive()
            queue.send(b"two")
            with pytest.raises(errors.TooBig):
                queue.send("x" * 8193)
            list(queue.receive_message() if make is not PosixQueue else queue.receive_with_priority())
    trace = Trace(("a",), objects, tuple(events.values()))
    assert [(p.give.index, p.take.index) for p in trace.pairs] == [(0, 1), (2, 4)]
    assert [(e.value, bool(e.error)) for e in trace] == [(1, False), (0, False), (1, False), (1, True), (0, False)]


# System V: types

@pytest.fixture
def typed():
    """A queue with messages of the types 5, 2, 9, 2."""
    with MessageQueue("typed") as queue:
        for message, type in (("five", 5), ("two", 2), ("nine", 9), ("two again", 2)):
            queue.send(message, type)
        yield queue


@pytest.mark.parametrize("type, comes", [
    (0, ("five", 5)), (2, ("two", 2)), (9, ("nine", 9)), (-9, ("two", 2)), (-2, ("two", 2)), (-4, ("two", 2)),
    (-(2**31 - 1), ("two", 2)),
])
def test_a_receiver_chooses_by_type(typed, type, comes):
    assert typed.may("receive", type)
    assert typed.receive_message(type) == (comes[0].encode(), comes[1])
    assert typed.waiting == 3


@pytest.mark.parametrize("type", [1, 3, -1, 2**31 - 1])
def test_a_type_that_is_not_there_is_waited_for(typed, type, child):
    assert not typed.may("receive", type)
    with pytest.raises(errors.WouldBlock, match="ENOMSG"):
        typed.receive_message_nowait(type)
    receiver = child(typed.receive_message, type).blocked("msgrcv")
    typed.send("at last", abs(type))
    assert receiver.result() == (b"at last", abs(type))


def test_a_negative_type_takes_the_lowest_first_and_among_them_the_oldest(typed):
    assert [typed.receive(-9) for _ in range(4)] == [b"two", b"two again", b"five", b"nine"]


def test_the_kernels_list_can_be_looked_at(typed):
    assert typed.listed() == [(b"five", 5), (b"two", 2), (b"nine", 9), (b"two again", 2)]
    assert typed.waiting == 4 and typed.bytes == len("five" "two" "nine" "two again")


@pytest.mark.parametrize("type", [0, -1, 1.5, "1", None, 2**31, 2**70])
def test_a_type_that_no_message_can_have_is_refused(type):
    with MessageQueue("mail") as queue:
        for send in (queue.send, queue.send_nowait):
            with pytest.raises(errors.Misuse, match="'mail'.*type must be a whole number from 1 to"):
                send("x", type)


@pytest.mark.parametrize("type", [1.5, "1", None, 2**31, -2**31])
def test_a_type_that_nobody_can_ask_for_is_refused(type):
    with MessageQueue("mail") as queue:
        for receive in (queue.receive, queue.receive_nowait, queue.receive_message, queue.receive_message_nowait):
            with pytest.raises(errors.Misuse, match="'mail'.*type must be a whole number"):
                receive(type)


# System V: limits, removal, time

def test_the_number_of_bytes_is_bounded():
    with MessageQueue(max_bytes=10) as queue:
        assert queue.max_bytes == 10
        queue.send(b"1234567")
        assert queue.may("send", b"890") and not queue.may("send", b"8901")
        with pytest.raises(errors.WouldBlock):
            queue.send_nowait(b"8901")
        queue.send_nowait(b"890")
        assert queue.bytes == 10


def test_empty_messages_are_bounded_too():
    with MessageQueue(max_bytes=3) as queue:
        for _ in range(3):
            queue.send_nowait(b"")
        assert not queue.may("send", b"")
        with pytest.raises(errors.WouldBlock):
            queue.send_nowait(b"")


def test_without_a_bound_it_is_the_kernels():
    with MessageQueue() as queue:
        assert queue.max_bytes == int(Path("/proc/sys/kernel/msgmnb").read_text())


@pytest.mark.parametrize("max_bytes", [0, -1, 1.5, "9", 2**31])
def test_a_bound_that_cannot_be_is_refused(max_bytes):
    with pytest.raises(errors.Misuse, match="max_bytes must be a whole number"):
        MessageQueue(max_bytes=max_bytes)


def test_only_root_may_raise_the_bound_and_a_refusal_leaves_nothing(child):
    def as_nobody():
        os.environ["IPCLAB_LEDGERS"] = "/tmp/ipclab-nobody-ledgers"
        os.setuid(65534)
        ids = Path("/proc/sysvipc/msg").read_text().count("\n")
        try:
            MessageQueue(max_bytes=10**6)
        finally:
            assert Path("/proc/sysvipc/msg").read_text().count("\n") == ids
            os.rmdir("/tmp/ipclab-nobody-ledgers")

    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    with pytest.raises(errors.NotPermitted, match="msgmnb"):
        child(as_nobody).result()


@pytest.mark.parametrize("order", ["first-in-first-out", STACK])
@pytest.mark.parametrize("timeout", [None, TIME])
def test_whoever_waits_learns_that_it_was_removed(order, timeout, child):
    with MessageQueue("empty", order=order) as empty, MessageQueue("full", 1, order=order) as crammed:
        crammed.send("x")
        receiver = child(lambda: empty.receive(timeout=timeout)).blocked("msgrcv")
        sender = child(lambda: crammed.send("y", timeout=timeout)).blocked("msgsnd")
    with pytest.raises(errors.Removed, match=r"receive on System V message queue 'empty' \(EIDRM.*removed too early"):
        receiver.result()
    with pytest.raises(errors.Removed, match="send on System V message queue 'full'"):
        sender.result()


USES = {
    "send": lambda q: q.send("x"), "send_nowait": lambda q: q.send_nowait("x"),
    "timed send": lambda q: q.send("x", timeout=1),
    "receive": lambda q: q.receive(), "receive_nowait": lambda q: q.receive_nowait(),
    "timed receive": lambda q: q.receive(timeout=1), "waiting": lambda q: q.waiting, "bytes": lambda q: q.bytes,
    "listed": lambda q: q.listed(),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
@pytest.mark.parametrize("order", ["first-in-first-out", STACK])
def test_every_use_after_removal_says_so(order, use):
    with MessageQueue("gone", order=order) as queue:
        pass
    with pytest.raises(errors.Removed, match="'gone'"):
        use(queue)
    assert queue.state() is None and queue.may("receive") and queue.may("send", "x")


@both
def test_another_user_is_not_permitted(make, child):
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")

    def as_nobody(use, *args):
        os.setuid(65534)
        use(*args)

    with make(label="mine") as queue:
        queue.send("x")
        with pytest.raises(errors.NotPermitted, match="'mine'"):
            child(as_nobody, make.remove, queue).result()
        for use in USES.values() if make is MessageQueue else [lambda q: pickle.loads(pickle.dumps(q))]:
            if use not in (USES["bytes"],):      # /proc/sysvipc shows it to everybody
                with pytest.raises(errors.NotPermitted, match="'mine'"):
                    child(as_nobody, use, queue).result()
        assert queue.waiting == 1


def test_only_the_main_thread_can_time_a_system_v_queue_and_others_are_told():
    told = []

    def receive(queue):
        try:
            queue.receive(timeout=1)
        except errors.Misuse as error:
            told.append(str(error))

    with MessageQueue("mail") as queue:
        thread = threading.Thread(target=receive, args=(queue,))
        thread.start()
        thread.join()
    assert len(told) == 1 and "main thread" in told[0] and "PosixQueue" in told[0]


def test_a_blocked_alarm_is_told():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    try:
        with MessageQueue("mail") as queue, pytest.raises(errors.Misuse, match="SIGALRM is blocked"):
            queue.receive(timeout=1)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})


def test_the_callers_own_alarm_and_handler_are_put_back(on_signal):
    rang = []
    on_signal(lambda *_: rang.append(time.monotonic()), signal.SIGALRM)
    handler = signal.getsignal(signal.SIGALRM)
    try:
        signal.setitimer(signal.ITIMER_REAL, TIME, 7)
        with MessageQueue() as queue, pytest.raises(errors.TimedOut):
            queue.receive(timeout=0.05)
        left, interval = signal.getitimer(signal.ITIMER_REAL)
        assert 0 < left < TIME - 0.04 and interval == 7
        assert signal.getsignal(signal.SIGALRM) is handler and not rang
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def test_an_alarm_that_fell_due_meanwhile_rings_afterwards(on_signal):
    rang = []
    on_signal(lambda *_: rang.append("rang"), signal.SIGALRM)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        with MessageQueue() as queue, pytest.raises(errors.TimedOut):
            queue.receive(timeout=0.05)
        while not rang:
            os.sched_yield()
        assert rang == ["rang"]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


# Last in, first out

def test_a_stack_hands_out_the_newest_first():
    with MessageQueue(order=STACK) as stack:
        for message in "abc":
            stack.send(message)
        assert stack.receive() == b"c"
        stack.send("d")
        assert [stack.receive_message() for _ in range(3)] == [(b"d", 1), (b"b", 1), (b"a", 1)]


def test_a_stack_keeps_the_order_of_several_senders(child):
    """Each sender sends when it is told to, one after the other: the stack hands out in exactly the opposite order."""
    def on_demand(stack, turn, sent, name):
        for i in range(20):
            turn.P()
            stack.send(f"{name}{i}")
            sent.V()

    with (MessageQueue(order=STACK) as stack, Semaphore(0) as a, Semaphore(0) as b, Semaphore(0) as c,
          Semaphore(0) as sent):
        turns = {"a": a, "b": b, "c": c}
        senders = [child(on_demand, stack, turn, sent, name) for name, turn in turns.items()]
        for _ in range(20):
            for turn in turns.values():
                turn.V()
                sent.P(timeout=TIME)
        for sender in senders:
            sender.result()
        order = [stack.receive().decode() for _ in range(60)]
    assert order == [f"{name}{i}" for i in reversed(range(20)) for name in "cba"]


def test_senders_at_the_same_time_keep_each_ones_own_order(child):
    def send(stack, name):
        for i in range(50):
            stack.send(f"{name}{i:02}")

    with MessageQueue(order=STACK) as stack:
        for sender in [child(send, stack, name) for name in "ab"]:
            sender.result()
        order = [stack.receive().decode() for _ in range(100)]
    for name in "ab":
        assert [m for m in order if m[0] == name] == [f"{name}{i:02}" for i in reversed(range(50))]


def test_a_stack_has_no_types_to_choose_by():
    with MessageQueue("pile", order=STACK) as stack:
        for use in (lambda: stack.send("x", 2), lambda: stack.send_nowait("x", 2), lambda: stack.receive(2),
                    lambda: stack.receive_nowait(-2)):
            with pytest.raises(errors.Misuse, match="'pile'.*leave type= out"):
                use()


def test_an_unknown_order_is_refused():
    with pytest.raises(errors.Misuse, match="last-in-first-out; not 'lifo'"):
        MessageQueue(order="lifo")
