import json
import os
import select
import signal
import time
from dataclasses import asdict

import pytest

from ipclab import errors, kernel


def test_a_reader_of_an_empty_pipe_is_blocked_in_read_with_its_descriptor(start, pipe):
    r, w = pipe()
    pid = start(os.read, r, 1)
    state = kernel.wait_until_blocked(pid, "read")
    assert (state.letter, state.call, state.arguments[0], state.parent) == ("S", "read", r, os.getpid())
    assert state.group == os.getpgrp() and state.session == os.getsid(0) and state.threads == 1
    assert kernel.blocked(pid)
    assert f"read({r}, …)" in str(state) and "asleep until something happens" in str(state)
    assert json.loads(json.dumps(asdict(state)))["call"] == "read"


def test_a_running_process_is_not_blocked_and_is_in_no_call():
    state = kernel.state(os.getpid())
    assert (state.letter, state.call, state.arguments) == ("R", None, ())
    assert not kernel.blocked(os.getpid())


@pytest.mark.parametrize("call, wait", [
    ("pause", signal.pause),
    ("poll", lambda: select.poll().poll()),
    (["read", "select"], lambda: select.select([], [], [])),
    ("clock_nanosleep", lambda: time.sleep(1000)),
    ("rt_sigtimedwait", lambda: signal.sigwait({signal.SIGUSR1})),
])
def test_the_call_has_the_name_that_strace_prints_or_a_later_one(start, call, wait):
    assert kernel.wait_until_blocked(start(wait), call).letter == "S"


def test_waiting_for_a_call_that_never_comes_says_what_the_process_does_instead(start, pipe):
    r, w = pipe()
    pid = start(os.read, r, 1)
    kernel.wait_until_blocked(pid, "read")
    with pytest.raises(errors.TimedOut, match=r"wait_until_blocked in write .* call: read\("):
        kernel.wait_until_blocked(pid, "write", deadline=0.2)


def test_waiting_ends_when_the_process_ends_first(start):
    pid = start(lambda: None)
    with pytest.raises(errors.NotFound, match="It ended before it blocked"):
        kernel.wait_until_blocked(pid, "read")


def test_a_zombie_is_named_as_one_and_is_not_blocked(start):
    pid = start(lambda: None)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    state = kernel.state(pid)
    assert state.letter == "Z" and "has not waited" in state.meaning and not state.blocked
    assert len(kernel.descriptors(pid)) == 0 and str(kernel.descriptors(pid)) == "(none)"


def test_a_stopped_process_is_stopped_not_blocked(start):
    pid = start(lambda: os.kill(os.getpid(), signal.SIGSTOP))
    os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOWAIT)
    assert kernel.state(pid).letter == "T" and not kernel.blocked(pid)


def test_a_name_with_brackets_and_spaces_is_read_whole(start, pipe):
    r, w = pipe()

    def renamed():
        with open("/proc/self/comm", "w") as file:
            file.write("a) S 1 (b")
        os.read(r, 1)

    state = kernel.wait_until_blocked(start(renamed), "read")
    assert state.name == "a) S 1 (b" and state.parent == os.getpid()


@pytest.mark.parametrize("look", [kernel.state, kernel.blocked, kernel.signals, kernel.descriptors,
                                  kernel.wait_until_blocked])
def test_a_vanished_process_is_not_found(start, look):
    pid = start(lambda: None)
    os.waitpid(pid, 0)
    with pytest.raises(errors.NotFound, match=f"process {pid}.*ended and been waited for"):
        look(pid)


@pytest.mark.parametrize("look", [kernel.state, kernel.signals, kernel.descriptors])
@pytest.mark.parametrize("pid", [0, -1, "12", None, True, 1.5])
def test_what_cannot_be_a_process_id_is_refused(look, pid):
    with pytest.raises(errors.Misuse, match="whole number above zero"):
        look(pid)


def test_an_unprivileged_look_at_roots_process_is_refused_with_advice(start, pipe, as_nobody):
    r, w = pipe()
    pid = start(os.read, r, 1)
    kernel.wait_until_blocked(pid, "read")

    def look():
        assert kernel.state(pid).letter == "S" and kernel.state(pid).call is None
        try:
            kernel.wait_until_blocked(pid, "read")
        except errors.NotPermitted as error:
            return str(error)

    assert "Only root" in as_nobody(look)
