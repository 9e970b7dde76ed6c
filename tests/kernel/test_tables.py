import contextlib
import json
import os
import pwd
from dataclasses import asdict
from pathlib import Path

import pytest
import sysv_ipc

from ipclab import errors, kernel


@pytest.fixture
def make():
    """`make(kind, **options)`: a System V object that is removed after the test."""
    made = []

    def make(kind, **options):
        made.append(kind(None, sysv_ipc.IPC_CREX, **options))
        return made[-1]

    yield make
    for thing in made:
        with contextlib.suppress(sysv_ipc.ExistentialError):
            thing.remove()


def row(table, id):
    return next(r for r in table if r.id == id)


def test_a_semaphore_shows_value_waiters_owner_and_who_changed_it_last(start, make):
    semaphore = make(sysv_ipc.Semaphore, mode=0o640, initial_value=1)
    semaphore.P()
    pid = start(semaphore.P)
    kernel.wait_until_blocked(pid, ("semop", "semtimedop"))
    found = row(kernel.sysv_tables().semaphores, semaphore.id)
    assert (found.values, found.waiting, found.last_pids) == ((0,), (1,), (os.getpid(),))
    assert found.mode == "rw-r-----" and found.count == 1 and found.key == semaphore.key & 0xFFFFFFFF
    assert found.owner == pwd.getpwuid(os.getuid()).pw_name


def test_a_queue_shows_messages_bytes_and_the_last_of_each_side(start, make):
    queue = make(sysv_ipc.MessageQueue, mode=0o622)
    queue.send(b"12345")
    pid = start(lambda: queue.receive())
    os.waitpid(pid, 0)
    queue.send(b"123")
    found = row(kernel.sysv_tables().queues, queue.id)
    assert (found.messages, found.bytes, found.last_sender, found.last_receiver) == (1, 3, os.getpid(), pid)
    assert found.mode == "rw--w--w-"


def test_a_segment_shows_size_attachments_and_that_it_was_removed(make):
    segment = make(sysv_ipc.SharedMemory, mode=0o600, size=5000)
    found = row(kernel.sysv_tables().segments, segment.id)
    assert (found.size, found.attached, found.creator, found.removed) == (5000, 1, os.getpid(), False)
    segment.remove()
    assert row(kernel.sysv_tables().segments, segment.id).removed
    segment.detach()
    assert segment.id not in [r.id for r in kernel.sysv_tables().segments]


def test_a_set_that_we_may_not_read_has_no_values(make, as_nobody):
    semaphore = make(sysv_ipc.Semaphore, mode=0o600)
    assert as_nobody(lambda: repr(row(kernel.sysv_tables().semaphores, semaphore.id).values)) == "()"


def test_the_tables_print_and_go_to_json(make):
    segment = make(sysv_ipc.SharedMemory, mode=0o600, size=4096)
    tables = kernel.sysv_tables()
    assert "shared memory segments" in str(tables) and f"{segment.key & 0xFFFFFFFF:#010x}" in str(tables)
    assert json.loads(json.dumps(asdict(tables)))["segments"][0]["size"] == 4096
    segment.detach()


def test_limits_are_the_kernels_own():
    assert kernel.limit("kernel.msgmax") == int(Path("/proc/sys/kernel/msgmax").read_text())
    assert kernel.limit("kernel.sem.semopm") == int(Path("/proc/sys/kernel/sem").read_text().split()[2])
    assert "kernel.msgmnb" in str(kernel.limits()) and len(kernel.limits()) >= 12
    with pytest.raises(errors.NotFound, match=r"kernel\.nothing"):
        kernel.limit("kernel.nothing")
