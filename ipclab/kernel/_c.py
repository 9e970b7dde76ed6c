"""The few system calls that the standard library does not have, through ctypes."""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from .. import errors
from . import _proc

__all__ = ["borrowed", "filesystem_type", "semctl"]

_libc = ctypes.CDLL(None, use_errno=True)
_PIDFD_GETFD = 438                                       # the same number on every machine: pidfd_getfd(2), Linux 5.6

MESSAGE_QUEUES = 0x19800202                              # statfs(2): the file system of POSIX message queues
SEMCTL = {"GETPID": 11, "GETVAL": 12, "GETNCNT": 14, "GETZCNT": 15}


@contextmanager
def borrowed(pid: int, fd: int) -> Iterator[int]:
    """A duplicate of descriptor `fd` of process `pid`, closed at the end of the with block.

    It is the same open file description; opening /proc/PID/fd/N anew would be another one, and may block on a pipe.
    While it lives, it keeps the pipe's end open like any descriptor, so be quick.
    """
    ours = _duplicate(pid, fd)
    try:
        yield ours
    finally:
        os.close(ours)


def _duplicate(pid: int, fd: int) -> int:
    what = f"descriptor {fd} of process {pid}"
    try:
        return os.dup(fd) if pid == os.getpid() else _pidfd_getfd(pid, fd)
    except OSError as error:
        if error.errno == errno.ENOSYS:
            raise errors.NotInstalled("Looking into another's descriptor needs pidfd_getfd(2): Linux 5.6 or newer.") \
                from error
        hints = {errno.EBADF: "It has no such descriptor open.", errno.ESRCH: _proc.GONE, errno.EPERM: _proc.TRACE_HINT}
        kind = errors.NotFound if error.errno == errno.EBADF else None
        hint = hints.get(error.errno, "")
        raise (kind("look at", what, error.errno, hint) if kind else errors.from_os(error, "look at", what, hint)) \
            from error


def _pidfd_getfd(pid: int, fd: int) -> int:
    _proc.path_of(pid)                                   # refuses what cannot be a pid
    process = os.pidfd_open(pid)
    try:
        return _checked(_libc.syscall(_PIDFD_GETFD, process, fd, 0))
    finally:
        os.close(process)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def semctl(semid: int, number: int, command: str) -> int:
    """GETVAL, GETPID, GETNCNT or GETZCNT of semaphore `number` of a System V set; semctl(2). Raises OSError."""
    return _checked(_libc.semctl(semid, number, SEMCTL[command], 0))


def filesystem_type(path: str) -> int:
    """f_type of statfs(2): which kind of file system holds `path`; 0 if it cannot be told."""
    buffer = (ctypes.c_long * 64)()
    return buffer[0] if _libc.statfs(os.fsencode(path), buffer) == 0 else 0
