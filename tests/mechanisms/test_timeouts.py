"""`timeout=` of every call that can wait: what is no number of seconds is said to be none, and any number will do."""

import contextlib
import math
import signal
from decimal import Decimal
from fractions import Fraction
from functools import partial

import pytest
from forked import TIME

from ipclab import errors
from ipclab.mechanisms import _bytes
from ipclab.mechanisms.fifos import Fifo
from ipclab.mechanisms.message_queues import MessageQueue, PosixQueue
from ipclab.mechanisms.pipes import Pipe
from ipclab.mechanisms.semaphores import PosixSemaphore, Semaphore
from ipclab.mechanisms.shared_memory import Ring
from ipclab.mechanisms.signals import Signal
from ipclab.mechanisms.sockets import DatagramSocket, listen, socket_pair

ASLEEP = ("semtimedop", "futex", "msgrcv", "mq_timedreceive", "mq_timedsend", "openat", "poll", "ppoll",
          "rt_sigtimedwait")


def _signal(timeout, verb="wait"):
    usr1 = Signal("USR1")
    with usr1.blocked():
        getattr(usr1, verb)(timeout)


def _full(kept):
    queue = kept.enter_context(PosixQueue(1, 8))
    queue.send("full")
    return queue


def _sockets(kept):
    return [kept.enter_context(side) for side in socket_pair()]


def _full_socket(kept):
    side, _ = _sockets(kept)
    with contextlib.suppress(errors.WouldBlock):
        while True:
            side.send_nowait(b"." * 65536)
    return side


CALLS = {
    "pipe": lambda kept: kept.enter_context(Pipe()).reader.read,
    "FIFO": lambda kept: kept.enter_context(Fifo()).open_reader,
    "System V queue": lambda kept: kept.enter_context(MessageQueue()).receive,
    "POSIX queue": lambda kept: kept.enter_context(PosixQueue()).receive,
    "full POSIX queue": lambda kept: partial(_full(kept).send, "x"),
    "System V semaphore": lambda kept: kept.enter_context(Semaphore(0)).P,
    "POSIX semaphore": lambda kept: kept.enter_context(PosixSemaphore(0)).P,
    "ring": lambda kept: kept.enter_context(Ring(1, 8)).receive,
    "signal": lambda kept: _signal,
    "signal with a number": lambda kept: partial(_signal, verb="wait_value"),
    "socket": lambda kept: _sockets(kept)[0].receive,
    "full socket": lambda kept: partial(_full_socket(kept).send, b"x"),
    "listener": lambda kept: kept.enter_context(listen()).accept,
    "datagrams": lambda kept: kept.enter_context(DatagramSocket()).receive_from,
}


@pytest.fixture(params=CALLS)
def call(request):
    with contextlib.ExitStack() as kept:
        yield CALLS[request.param](kept)


@pytest.mark.parametrize("timeout", [math.nan, "5", [1], 1j, Decimal("0.01")])
def test_what_is_no_number_of_seconds_is_refused(call, timeout):
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(errors.Misuse, match="number of seconds"):
        call(timeout=timeout)
    assert signal.getsignal(signal.SIGALRM) == before


@pytest.mark.parametrize("timeout", [math.inf, 1e300, 10**400, 2.0**31])
def test_the_longest_timeouts_wait(call, timeout, child):
    child(lambda: call(timeout=timeout)).blocked(*ASLEEP)


@pytest.mark.parametrize("timeout", [0, False, -1, -math.inf, -1e300, -10**400, Fraction(-1, 3)])
def test_no_time_is_no_time(call, timeout):
    with pytest.raises(errors.TimedOut):
        call(timeout=timeout)


def test_a_wait_that_is_longer_than_poll_can_wait_is_made_of_several(monkeypatch):
    def looked(*arguments):
        looks.append(arguments)
        if len(looks) == 3:
            pipe.writer.write(b"x")
        return ready(*arguments)

    ready, looks = _bytes.ready, []
    monkeypatch.setattr(_bytes, "ready", looked)
    monkeypatch.setattr(_bytes, "LONGEST", 1)              # a millisecond
    with Pipe() as pipe:
        assert pipe.reader.read(timeout=TIME) == b"x" and len(looks) == 3
