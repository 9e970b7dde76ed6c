"""What a signal handler raises while a call waits comes out of the call as it is, and nothing was taken or sent."""

import signal

import pytest
from forked import TIME, Struck

from ipclab.mechanisms.fifos import Fifo
from ipclab.mechanisms.message_queues import MessageQueue, PosixQueue
from ipclab.mechanisms.semaphores import PosixSemaphore, Semaphore
from ipclab.mechanisms.shared_memory import Ring


class Mistakable(TimeoutError, InterruptedError, BlockingIOError):
    """It could be taken for what the call itself raises when it is late, or when a handler has run."""


def full(queue):
    queue.send(b"12345678")
    return queue


MADE = {
    "P": lambda: Semaphore(0),
    "P of a POSIX semaphore": lambda: PosixSemaphore(0),
    "receive": MessageQueue,
    "receive from a stack": lambda: MessageQueue(order="last-in-first-out"),
    "send": lambda: full(MessageQueue(max_bytes=8)),
    "receive from a POSIX queue": PosixQueue,
    "receive_with_priority": PosixQueue,
    "send to a POSIX queue": lambda: full(PosixQueue(1, 8)),
    "receive from a ring": lambda: Ring(1, 8, spin=0),
    "receive_into from a ring": lambda: Ring(1, 8, spin=0),
    "send to a ring": lambda: full(Ring(1, 8, spin=0)),
    "open_reader": Fifo,
}
ARGUMENTS = {"send": [b"x"], "receive_into": [bytearray(8)]}
ASLEEP = ("semop", "semtimedop", "futex", "msgrcv", "msgsnd", "mq_timedreceive", "mq_timedsend", "openat")


@pytest.fixture(params=[Struck, Mistakable])
def raised(request):
    def handler(*_):
        raise request.param

    before = signal.signal(signal.SIGUSR1, handler)
    yield request.param
    signal.signal(signal.SIGUSR1, before)


@pytest.mark.parametrize("timeout", [None, TIME])
@pytest.mark.parametrize("what", MADE)
def test_what_a_handler_raises_comes_out_of_the_call(what, timeout, raised, child):
    verb = what.split()[0]
    with MADE[what]() as object:
        before = object.state()
        waiting = child(lambda: getattr(object, verb)(*ARGUMENTS.get(verb, []), timeout=timeout)).blocked(*ASLEEP)
        waiting.kill(signal.SIGUSR1)
        with pytest.raises(raised):
            waiting.result()
        assert object.state() == before
