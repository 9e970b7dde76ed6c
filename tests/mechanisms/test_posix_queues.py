"""What only POSIX queues do. Each test runs twice: `receive` in C, and by ctypes, as where there is no compiler."""

import pickle
import shutil
import signal
import sysconfig
import threading
from pathlib import Path

import pytest
from forked import Struck

from ipclab import errors
from ipclab.mechanisms import _posix_queues, _syscalls
from ipclab.mechanisms.message_queues import PosixQueue


@pytest.fixture(autouse=True, params=["in C", "by ctypes"])
def way(request, monkeypatch):
    if request.param == "by ctypes":
        monkeypatch.setattr(_posix_queues, "wait", _syscalls.mq_wait)
    elif _posix_queues.wait is _syscalls.mq_wait:
        assert not CAN_BUILD, "make setup did not build ipclab/mechanisms/_mq.c"
        pytest.skip("needs a C compiler and Python's headers: apt install gcc libc6-dev python3-dev")


CAN_BUILD = shutil.which("cc") and Path(sysconfig.get_path("include"), "Python.h").exists()


def raises_struck(*_):
    raise Struck


# Waiting

def test_what_a_handler_raises_ends_a_wait_and_the_next_one_goes_on(child, on_signal):
    def receive_all(queue):
        got = [queue.receive(), queue.receive()]
        try:
            got.append(queue.receive())
        except Struck:
            got.append(b"struck")
        got += [queue.receive(), queue.receive_with_priority()[0]]
        queue.close()
        with pytest.raises(errors.Closed, match="closed in this process"):
            queue.receive()
        return got

    with PosixQueue() as queue:
        on_signal(raises_struck)
        receiver = child(receive_all, queue)
        for message in (b"one", b"two", None, b"three", b"four"):
            receiver.blocked("mq_timedreceive")
            queue.send(message) if message else receiver.kill(signal.SIGUSR1)
        assert receiver.result() == [b"one", b"two", b"struck", b"three", b"four"]


def test_threads_of_a_process_receive_from_one_posix_queue_side_by_side():
    def receive():
        for _ in range(20):
            got.append(queue.receive())

    got = []
    with PosixQueue() as queue:
        threads = [threading.Thread(target=receive) for _ in range(3)]
        for thread in threads:
            thread.start()
        for n in range(60):
            queue.send(b"%d" % n * 20)
        for thread in threads:
            thread.join()
    assert sorted(got) == sorted(b"%d" % n * 20 for n in range(60))


# Priorities, limits

def test_the_highest_priority_comes_first_and_among_equals_the_oldest():
    with PosixQueue() as queue:
        for message, priority in (("low", 1), ("high", 9), ("none", 0), ("high again", 9), ("top", 32767)):
            queue.send(message, priority)
        assert queue.receive_with_priority() == (b"top", 32767)
        assert queue.receive_with_priority_nowait() == (b"high", 9)
        assert [queue.receive() for _ in range(3)] == [b"high again", b"low", b"none"]
        with pytest.raises(errors.WouldBlock):
            queue.receive_with_priority_nowait()


@pytest.mark.parametrize("priority", [-1, 32768, 1.5, "1", None])
def test_a_priority_that_cannot_be_is_refused(priority):
    with PosixQueue(label="mail") as queue:
        with pytest.raises(errors.Misuse, match="'mail'.*priority must be a whole number from 0 to 32767"):
            queue.send("x", priority)


@pytest.mark.parametrize("messages, size", [(0, 8), (8, 0), (-1, 8), ("2", 8), (2, 1.5)])
def test_a_shape_that_cannot_be_is_refused(messages, size):
    with pytest.raises(errors.Misuse, match="must be a whole number from 1 to"):
        PosixQueue(messages, size)


@pytest.mark.parametrize("messages, size", [(10**6, 8), (10, 2**30)])
def test_a_shape_beyond_the_limits_is_refused_with_the_place_to_look(messages, size):
    with pytest.raises(errors.LimitReached, match=f"{messages} messages of {size} bytes.*/proc/sys/fs/mqueue"):
        PosixQueue(messages, size)


# Removing and closing

def test_removing_takes_the_name_only(child):
    with PosixQueue() as queue:
        receiver = child(queue.receive).blocked("mq_timedreceive")
        queue.remove()
        queue.send("still there")
        assert receiver.result() == b"still there"


def test_closing_is_for_this_process(child):
    with PosixQueue(label="mail") as queue:
        receiver = child(queue.receive).blocked("mq_timedreceive")
        other = pickle.loads(pickle.dumps(queue))
        queue.close()
        queue.close()
        for use in (lambda: queue.send("x"), queue.receive, queue.receive_nowait, lambda: queue.waiting,
                    queue.request_notification):
            with pytest.raises(errors.Closed, match="'mail'.*closed"):
                use()
        assert queue.state() is None
        other.send("x")
        assert receiver.result() == b"x"


def test_a_closed_queue_never_reads_what_has_its_descriptor_now():
    with PosixQueue(label="mail") as queue:
        queue.send("x")
        assert queue.receive() == b"x"           # it keeps room for the next message
        queue.close()
        with PosixQueue() as other:              # a new descriptor is the lowest that is free
            other.send("not yours")
            with pytest.raises(errors.Closed, match="'mail'.*closed"):
                queue.receive()


def test_not_even_a_receive_that_waits_while_a_handler_closes_the_queue(child, on_signal):
    def closed_meanwhile():
        others = []

        def handler(*_):
            queue.close()
            others.extend(pickle.loads(pickle.dumps(other)) for _ in range(2))
        on_signal(handler)
        return queue.receive()

    with PosixQueue(label="mail") as queue, PosixQueue() as other:
        other.send("not yours")
        receiver = child(closed_meanwhile).blocked("mq_timedreceive")
        receiver.kill(signal.SIGUSR1)
        with pytest.raises(errors.Closed, match="'mail'.*closed"):
            receiver.result()
        assert other.waiting == 1


def test_a_forgotten_queue_closes_its_descriptors():
    PosixQueue().remove()                        # the fixture looks for them


# Notification

def test_a_message_into_the_empty_queue_is_announced_once(on_signal):
    came = []
    on_signal(lambda number, _: came.append(number))
    with PosixQueue() as queue:
        queue.request_notification(signal.SIGUSR1)
        queue.send("one")
        queue.send("two")
        queue.receive(), queue.receive()
        queue.send("three")
        assert came == [signal.SIGUSR1]
        queue.receive()
        queue.request_notification()
        queue.request_notification(None)
        queue.send("four")
        assert came == [signal.SIGUSR1]


def test_only_one_process_can_ask_for_the_announcement(child):
    with PosixQueue(label="mail") as queue:
        queue.request_notification()
        with pytest.raises(errors.AlreadyExists, match="'mail'.*EBUSY"):
            child(queue.request_notification).result()
        queue.request_notification(None)
        child(queue.request_notification).result()


@pytest.mark.parametrize("number", [0, -1, 65, "x"])
def test_only_a_signal_can_announce(number):
    with PosixQueue() as queue, pytest.raises((errors.Misuse, ValueError)):
        queue.request_notification(number)
