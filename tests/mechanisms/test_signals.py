import os
import pickle
import select
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from forked import TIME, Struck

from ipclab import errors, gate
from ipclab.mechanisms import signals
from ipclab.mechanisms.signals import Signal
from ipclab.trace import Object, Trace

USR1, USR2, QUEUED = Signal("USR1"), Signal("USR2"), Signal("SIGRTMIN+2")
FREE_PID = 2**22 + 1                                     # above the largest pid that Linux gives out


pytestmark = pytest.mark.alone


@pytest.mark.parametrize("which", ["USR1", "SIGUSR1", "usr1", signal.SIGUSR1, int(signal.SIGUSR1)])
def test_a_signal_is_named_or_numbered(which):
    assert (Signal(which).number, Signal(which).label) == (signal.SIGUSR1, "SIGUSR1")


def test_real_time_signals_count_from_the_first():
    assert Signal("SIGRTMIN+3").number == signal.SIGRTMIN + 3
    assert Signal(signal.SIGRTMIN + 3).label == "SIGRTMIN+3"


@pytest.mark.parametrize("which", ["FOO", "", 0, -1, 32, 65, None, "RTMIN+99", "RTMIN+x"])
def test_no_such_signal(which):
    with pytest.raises(errors.Misuse, match="kill -l"):
        Signal(which)


# --- sending ---

def test_the_default_action_of_most_signals_is_the_end(child):
    waiter = child(signal.pause).blocked("pause")
    USR1.send(waiter.pid)
    assert waiter.wait() == -signal.SIGUSR1


def test_a_caught_signal_runs_its_handler_and_the_process_goes_on(child):
    ready, go = os.pipe()

    def catches():
        got = []

        def handler(number, frame):
            got.append(number)
            os.write(go, b"x")

        with USR1.catch(handler):
            os.write(go, b"x")
            os.read(stop, 1)                             # PEP 475: interrupted by the handler, and continued
            return got

    stop, stopping = os.pipe()
    receiver = child(catches)
    os.read(ready, 1)
    receiver.blocked("read")
    USR1.send(receiver.pid)
    os.read(ready, 1)
    receiver.blocked("read")
    os.write(stopping, b"x")
    assert receiver.result() == [signal.SIGUSR1]
    for fd in (ready, go, stop, stopping):
        os.close(fd)


def test_nobody_there():
    with pytest.raises(errors.NotFound, match=f"send on signal 'SIGUSR1' .ESRCH.*no process {FREE_PID}"):
        USR1.send(FREE_PID)
    with pytest.raises(errors.NotFound, match="queue on signal 'SIGUSR1' .ESRCH"):
        USR1.queue(FREE_PID, 1)


def test_a_zombie_can_still_be_signalled(child):
    ended = child(int)
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)          # it has ended, and nobody has reaped it
    USR1.send(ended.pid)


def test_another_users_process(child):
    if os.getuid() != 0:
        pytest.skip("only root can become two users")
    mine = child(signal.pause).blocked("pause")

    def as_nobody():
        os.setuid(65534)
        USR1.send(mine.pid)

    with pytest.raises(errors.NotPermitted, match=f"send on signal 'SIGUSR1' .EPERM.*Process {mine.pid} belongs to"):
        child(as_nobody).result()


@pytest.mark.parametrize("pid", [0, -1, "1", None, 2.5, 2**40])
def test_whom_send_refuses(pid):
    with pytest.raises(errors.Misuse, match="send on signal 'SIGUSR1'"):
        USR1.send(pid)


def test_send_to_a_process_group(child):
    def alone():
        os.setpgid(0, 0)
        signal.pause()
    member = child(alone).blocked("pause")
    USR1.send(-member.pid)
    assert member.wait() == -signal.SIGUSR1


@pytest.mark.parametrize("pid, value", [(0, 1), (-5, 1), ("1", 1), (1, "x"), (1, 2**31), (1, None)])
def test_what_queue_refuses(pid, value):
    with pytest.raises(errors.Misuse, match="queue on signal 'SIGRTMIN.2'"):
        QUEUED.queue(pid, value)


def test_an_error_in_a_handler_is_not_the_calls(child):
    def strikes(*_):
        raise OSError(5, "the handler's own")
    with USR1.catch(strikes), pytest.raises(OSError, match="the handler's own"):
        USR1.send(os.getpid())


# --- dispositions ---

def test_dispositions_come_back_at_the_end_of_the_block():
    assert USR1.disposition == "default" and USR1.handler is None

    def handler(*_):
        pass
    with USR1.catch(handler) as same:
        assert same is USR1 and USR1.disposition == "caught" and USR1.handler is handler
        with USR1.ignore():
            assert USR1.disposition == "ignored" and USR1.handler is None
        assert USR1.handler is handler
        with USR1.default():
            assert USR1.disposition == "default"
        with pytest.raises(Struck), USR1.ignore():
            raise Struck
        assert USR1.handler is handler
    assert USR1.disposition == "default"


def test_catch_as_a_plain_call_stays():
    got = []
    former = USR1.catch(lambda number, frame: got.append(number))
    USR1.raise_()
    with former:
        pass
    assert got == [signal.SIGUSR1] and USR1.disposition == "default"


def test_an_ignored_signal_has_no_effect():
    with USR1.ignore():
        USR1.send(os.getpid())
        assert not USR1.pending


@pytest.mark.parametrize("name", ["KILL", "STOP"])
@pytest.mark.parametrize("verb", ["ignore", "default", "block", "unblock", "wait", "wait_value"])
def test_kill_and_stop_obey_nobody(name, verb):
    with pytest.raises(errors.Misuse, match=f"{verb} on signal 'SIG{name}' .EINVAL.*the kernel acts on it alone"):
        getattr(Signal(name), verb)()


@pytest.mark.parametrize("name", ["KILL", "STOP"])
def test_kill_and_stop_cannot_be_caught(name):
    with pytest.raises(errors.Misuse, match="catch on signal"):
        Signal(name).catch(print)


@pytest.mark.parametrize("handler", [None, 3, "f"])
def test_a_handler_is_a_function(handler):
    with pytest.raises(errors.Misuse, match="handler.signum, frame"):
        USR1.catch(handler)


def in_a_thread(function):
    caught = []

    def run():
        try:
            function()
        except BaseException as error:
            caught.append(error)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join(TIME)
    return caught[0] if caught else None


def test_only_the_main_thread_may_catch():
    error = in_a_thread(lambda: USR1.catch(print))
    assert isinstance(error, errors.Misuse) and "main thread" in str(error)


def test_the_handler_runs_in_the_main_thread_whoever_got_the_signal():
    where = []
    with USR1.catch(lambda *_: where.append(threading.current_thread())):
        assert in_a_thread(USR1.raise_) is None
        int()
    assert where == [threading.main_thread()]


# --- the mask ---

def test_a_blocked_signal_is_pending_and_those_that_meet_become_one():
    got = []
    with USR1.catch(lambda number, frame: got.append(number)):
        with USR1.blocked():
            for _ in range(5):
                USR1.send(os.getpid())
            assert USR1.is_blocked and USR1.pending and got == []
            assert "SIGUSR1" in signals.mask() and signals.all_pending() == {"SIGUSR1"}
        assert got == [signal.SIGUSR1] and not USR1.pending and not USR1.is_blocked


def test_blocked_leaves_it_blocked_where_it_was():
    USR1.block()
    with USR1.blocked():
        pass
    assert USR1.is_blocked
    USR1.unblock()
    assert not USR1.is_blocked and "SIGUSR1" not in signals.mask()


def test_unblock_runs_the_handler_before_it_returns():
    steps = []
    with USR1.catch(lambda *_: steps.append("handler")):
        USR1.block()
        USR1.send(os.getpid())
        steps.append("before")
        USR1.unblock()
        steps.append("after")
    assert steps == ["before", "handler", "after"]


def test_the_mask_is_inherited_by_a_child_and_what_is_pending_is_not(child):
    with USR1.blocked():
        USR1.send(os.getpid())
        assert child(lambda: (USR1.is_blocked, USR1.pending)).result() == (True, False)
        USR1.wait()


# --- waiting ---

def test_wait_blocks_until_somebody_sends(child):
    with USR1.blocked():
        waiter = child(lambda: USR1.wait().si_pid).blocked("rt_sigtimedwait")
        USR1.send(waiter.pid)
        assert waiter.result() == os.getpid()


def test_wait_takes_without_running_the_handler():
    got = []
    with USR1.catch(lambda *_: got.append("handler")), USR1.blocked():
        USR1.send(os.getpid())
        assert USR1.wait(timeout=TIME).si_signo == signal.SIGUSR1
        assert not USR1.pending
    assert got == []


@pytest.mark.parametrize("seconds", [0, 0.01, -1])
@pytest.mark.parametrize("verb", ["wait", "wait_value"])
def test_wait_gives_up_after_its_time(verb, seconds):
    said = f"{verb} on signal 'SIGUSR1'.*within {max(0, seconds):g} s"
    with USR1.blocked(), pytest.raises(errors.TimedOut, match=said):
        getattr(USR1, verb)(timeout=seconds)


def test_wait_nowait_never_waits():
    with USR1.blocked():
        for verb in ("wait_nowait", "wait_value_nowait"):
            with pytest.raises(errors.WouldBlock, match=f"{verb} on signal 'SIGUSR1' .EAGAIN.*not pending"):
                getattr(USR1, verb)()
        USR1.queue(os.getpid(), 7)
        assert USR1.wait_value_nowait() == 7
        USR1.send(os.getpid())
        assert USR1.wait_nowait().si_pid == os.getpid()


@pytest.mark.parametrize("verb", ["wait", "wait_value"])
def test_waiting_for_a_signal_that_is_not_blocked_is_a_mistake(verb):
    with pytest.raises(errors.Misuse, match=f"{verb} .*not blocked.*block.. before"):
        getattr(USR1, verb)(0.01)


@pytest.mark.parametrize("then", ["another thread", "behind a gate", "unblocked"])
def test_that_a_signal_was_blocked_once_counts_in_that_thread_until_it_is_unblocked(child, then):
    def waits_again():
        with USR1.blocked():
            USR1.wait()
            if then == "another thread":
                with ThreadPoolExecutor(1) as pool:
                    pool.submit(signal.pthread_sigmask, signal.SIG_UNBLOCK, [signal.SIGUSR1]).result()
                    pool.submit(USR1.wait).result()
            if then == "behind a gate":
                signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
                with gate.closed(gate.Recorded("a", lambda event: None)):
                    USR1.wait()
        USR1.wait()

    waiter = child(waits_again).blocked("rt_sigtimedwait")
    USR1.send(waiter.pid)
    with pytest.raises(errors.Misuse, match="not blocked"):
        waiter.result()


@pytest.mark.parametrize("verb", ["wait", "wait_value"])
def test_other_signals_are_handled_meanwhile_and_the_wait_goes_on(child, verb):
    reading, writing = os.pipe()

    def waits():
        with USR2.catch(lambda *_: os.write(writing, b"2")):
            getattr(USR1, verb)()

    with USR1.blocked():
        waiter = child(waits).blocked("rt_sigtimedwait")
    USR2.send(waiter.pid)
    assert os.read(reading, 1) == b"2"                               # the handler has run
    waiter.blocked("rt_sigtimedwait")
    USR1.send(waiter.pid)
    assert waiter.result() is None
    os.close(reading), os.close(writing)


def test_a_handler_that_raises_ends_the_wait(child):
    def strikes(*_):
        raise Struck

    def waits():
        with USR1.blocked(), USR2.catch(strikes):
            USR1.wait()

    waiter = child(waits).blocked("rt_sigtimedwait")
    USR2.send(waiter.pid)
    with pytest.raises(Struck):
        waiter.result()


# --- queued signals ---

def test_real_time_signals_are_queued_with_their_numbers():
    with QUEUED.blocked():
        for value in (5, -7, 2**31 - 1, -2**31):
            QUEUED.queue(os.getpid(), value)
        QUEUED.send(os.getpid())
        assert [QUEUED.wait_value(TIME) for _ in range(5)] == [5, -7, 2**31 - 1, -2**31, 0]


def test_even_real_time_signals_that_arrive_together_become_one_call_of_a_python_handler():
    got = []
    with QUEUED.catch(lambda *_: got.append(1)):
        with QUEUED.blocked():
            for _ in range(5):
                QUEUED.send(os.getpid())
        assert got == [1]
    with QUEUED.blocked():
        for _ in range(5):
            QUEUED.send(os.getpid())
        for _ in range(5):
            QUEUED.wait_nowait()
        with pytest.raises(errors.WouldBlock):
            QUEUED.wait_nowait()


def test_too_many_queued(child):
    import resource

    def floods():
        with QUEUED.blocked():
            resource.setrlimit(resource.RLIMIT_SIGPENDING, (0, 0))
            QUEUED.queue(os.getpid(), 1)

    with pytest.raises(errors.IPCError, match="queue on signal .*EAGAIN.*RLIMIT_SIGPENDING"):
        child(floods).result()


# --- the self-pipe ---

def test_wakeup_fd_lets_a_loop_wait_for_signals_too():
    with USR1.catch(lambda *_: None), signals.wakeup_fd() as fd:
        assert select.select([fd], [], [], 0)[0] == []
        USR1.send(os.getpid())
        assert select.select([fd], [], [], TIME)[0] == [fd]
        assert os.read(fd, 10) == bytes([signal.SIGUSR1])
    assert signal.set_wakeup_fd(-1) == -1


def test_wakeup_fd_is_for_the_main_thread():
    def use():
        with signals.wakeup_fd():
            pass
    error = in_a_thread(use)
    assert isinstance(error, errors.Misuse) and "main thread" in str(error)


# --- what the gate sees ---

def traced(function):
    events = []
    with gate.closed(gate.Recorded("me", events.append)):
        function()
    done = [e for e in events if e.end is not None]
    return Trace(("me",), (Object("SIGUSR1", "signal"),), tuple(sorted(done, key=lambda e: e.end)))


def test_a_handler_that_runs_is_an_event_and_pairs_with_its_send():
    def exchange():
        with USR1.catch(lambda *_: None):
            USR1.send(os.getpid())
    trace = traced(exchange)
    assert [e.kind for e in trace.of("me")] == ["catch", "send", "handle", "restore"]
    assert [(p.give.kind, p.take.kind) for p in trace.pairs] == [("send", "handle")]
    assert trace.of("me")[2].result == os.getpid()


def test_a_wait_pairs_with_its_send():
    def exchange():
        with USR1.blocked():
            USR1.send(os.getpid())
            USR1.wait()
            USR1.raise_()
            USR1.wait_nowait()
    trace = traced(exchange)
    assert [(p.give.kind, p.take.kind) for p in trace.pairs] == [("send", "wait"), ("raise_", "wait_nowait")]


def test_what_a_handler_does_passes_the_gate():
    with USR2.ignore():
        def exchange():
            with USR1.catch(lambda *_: USR2.send(os.getpid())):
                USR1.send(os.getpid())
        assert [e.kind for e in traced(exchange).of("me")] == ["catch", "send", "handle", "send", "restore"]


def test_it_may_wait_when_it_is_pending():
    with USR1.blocked():
        assert not USR1.may("wait") and USR1.may("wait_nowait") and USR1.may("send", 1)
        USR1.send(os.getpid())
        assert USR1.may("wait") and USR1.may("wait_value")
        USR1.wait()


def test_a_pickled_signal_is_the_same_one():
    copy = pickle.loads(pickle.dumps(QUEUED))
    assert (copy.number, copy.label, copy.family) == (QUEUED.number, QUEUED.label, "signal")
    assert QUEUED.described() == Object("SIGRTMIN+2", "signal")
