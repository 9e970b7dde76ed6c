"""What the kernel has no more room for: each error names the limit that was met, and where to look."""

import ctypes
import errno
import os
from pathlib import Path

import pytest

from ipclab import errors
from ipclab.mechanisms._object import translated
from ipclab.mechanisms.message_queues import MessageQueue
from ipclab.mechanisms.semaphores import PosixSemaphore, Semaphore
from ipclab.mechanisms.shared_memory import SharedMemory

NEW_MOUNTS, NEW_IPC = 0x00020000, 0x08000000
PRIVATE, RECURSIVE = 1 << 18, 1 << 14
ROOM = {
    "System V queue": (MessageQueue, "kernel/msgmni", "0", "ipcs -l"),
    "System V semaphore": (Semaphore, "kernel/sem", "250 32000 32 0", "ipcs -l"),
    "System V segment": (lambda: SharedMemory(8), "kernel/shmmni", "0", "ipcs -l"),
    "POSIX semaphore": (PosixSemaphore, "", "", "df /dev/shm"),
    "POSIX segment": (lambda: SharedMemory(8, kind="POSIX"), "", "", "df /dev/shm"),
}


def _without_room(make, limit, value):
    """In namespaces of its own, which go with the process."""
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.unshare(NEW_MOUNTS | NEW_IPC) == 0 and libc.mount(b"none", b"/", None, PRIVATE | RECURSIVE, None) == 0
    if limit:
        Path("/proc/sys", limit).write_text(value)
    else:
        assert libc.mount(b"tmpfs", b"/dev/shm", b"tmpfs", 0, b"nr_inodes=1") == 0
    make()


@pytest.mark.parametrize(("make", "limit", "value", "where"), ROOM.values(), ids=ROOM)
def test_where_there_is_no_room_for_one_the_error_says_where_to_look(make, limit, value, where, child):
    if os.geteuid() != 0:
        pytest.skip("only root may lower the kernel's limits")
    with pytest.raises(errors.LimitReached, match=f"(ENOSPC|ENOMEM).*{where}"):
        child(_without_room, make, limit, value).result()


@pytest.mark.parametrize(("words", "number", "advice"), [
    ("This process already has the maximum number of files open", errno.EMFILE, "close some"),
    ("The system limit on the total number of open files has been reached", errno.ENFILE, "file-max"),
    ("The system limit for message queues has been reached", errno.ENOSPC, "ipcs -l"),
])
def test_the_libraries_errors_without_a_number_are_told_apart_by_their_words(words, number, advice):
    ours = translated(OSError(words), "open", "it")
    assert type(ours) is errors.LimitReached and ours.errno == number and advice in str(ours)
