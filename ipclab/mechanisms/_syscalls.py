"""The few calls that os, sysv_ipc and posix_ipc cannot make as we need them, by way of the C library.

- P with a time limit on a System V semaphore: the wheels of sysv_ipc leave semtimedop(2) out.
- open(2) that gives up when a signal handler has run: Python's own goes on waiting.
- Message types beyond 31 bits, and looking at a queue without taking from it.
- Waiting on a POSIX object: when a signal handler raises an exception meanwhile, posix_ipc drops the exception.
- A POSIX semaphore without a name, in memory that is shared; and membarrier(2).

Each raises OSError as `os` does; EINTR comes out as InterruptedError once the handler has run, so the caller may retry.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from operator import call

__all__ = ["SEMAPHORE", "membarrier", "mq_receive", "mq_send", "mq_wait", "msgrcv", "msgsnd",
           "open", "reference", "sem_init", "sem_open", "sem_post", "sem_wait", "sem_wait_within", "semtimedop"]

IPC_NOWAIT = 0o4000
MSG_COPY = 0o40000                           # take nothing; the type is then a position in the queue
SEM_UNDO = 0x1000
SEMAPHORE = 32                               # bytes of a sem_t
_MEMBARRIER = {"x86_64": 324, "aarch64": 283, "riscv64": 283}.get(os.uname().machine)

_libc = ctypes.CDLL(None, use_errno=True)
_libc.sem_open.restype = ctypes.c_void_p
_libc.msgrcv.restype = _libc.mq_receive.restype = _libc.mq_timedreceive.restype = ctypes.c_ssize_t

# For blocking round trips, where each conversion counts: they keep no errno, and take only what needs no `argtypes`.
_plain = ctypes.CDLL(None)
sem_post, sem_wait = _plain.sem_post, _plain.sem_wait        # of a `reference`; -1 if a signal handler has run
_plain.mq_receive.restype = ctypes.c_ssize_t
_rooms: dict[int, list] = {}                 # for messages of at most so many bytes, used again and again
_KEPT = 65536


def reference(address: int) -> object:
    """A pointer to that address, as ctypes passes it at the least cost."""
    return ctypes.byref(ctypes.c_char.from_address(address))


class _Step(ctypes.Structure):
    _fields_ = [("number", ctypes.c_ushort), ("change", ctypes.c_short), ("flags", ctypes.c_short)]


class _Time(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]


def _time(seconds: float, now: float = 0) -> _Time:
    nanoseconds = int((now + seconds) * 1e9)
    return _Time(*divmod(nanoseconds, 10**9))


def _checked(function: Callable, *arguments: object) -> int:
    # `map` makes both calls within one step of the interpreter. Were they two steps, a signal handler could run in
    # between, and what it does would overwrite the error number.
    result, number = map(call, (partial(function, *arguments), ctypes.get_errno))
    if result in (-1, None):
        raise OSError(number, os.strerror(number))
    return result


def open(path: str, flags: int) -> int:
    return _checked(_libc.open, os.fsencode(path), flags | os.O_CLOEXEC)


def semtimedop(id: int, change: int, undo: bool, seconds: float) -> None:
    step, limit = _Step(0, change, SEM_UNDO if undo else 0), _time(seconds)
    _checked(_libc.semtimedop, id, ctypes.byref(step), ctypes.c_size_t(1), ctypes.byref(limit))


def msgsnd(id: int, type: int, message: bytes, flags: int = 0) -> None:
    buffer = type.to_bytes(ctypes.sizeof(ctypes.c_long), sys.byteorder) + message
    _checked(_libc.msgsnd, id, buffer, ctypes.c_size_t(len(message)), flags)


def msgrcv(id: int, type: int, size: int, flags: int = 0) -> tuple[bytes, int]:
    """The message (at most `size` bytes, else E2BIG) and its type."""
    buffer = ctypes.create_string_buffer(8 + size)
    length = _checked(_libc.msgrcv, id, buffer, ctypes.c_size_t(size), ctypes.c_long(type), flags)
    return buffer.raw[8:8 + length], ctypes.c_long.from_buffer(buffer).value


def mq_send(fd: int, message: bytes, priority: int, seconds: float | None) -> None:
    if seconds is None:
        _checked(_libc.mq_send, fd, message, ctypes.c_size_t(len(message)), ctypes.c_uint(priority))
    else:
        _checked(_libc.mq_timedsend, fd, message, ctypes.c_size_t(len(message)), ctypes.c_uint(priority),
                 ctypes.byref(_time(seconds, time.time())))


def mq_wait(fd: int, size: int) -> bytes | None:
    """The message, as soon as there is one; None if a signal handler has run, or it failed: `mq_receive` says how."""
    rooms = _rooms.setdefault(size, [])
    try:
        room = rooms.pop()                   # nobody else's: neither another thread's nor an interrupting handler's
    except IndexError:
        room = ctypes.create_string_buffer(size)
    length = _plain.mq_receive(fd, ctypes.byref(room), size, None)
    message = room[:length] if length >= 0 else None
    if size <= _KEPT:
        rooms.append(room)
    return message


def mq_receive(fd: int, size: int, seconds: float | None) -> tuple[bytes, int]:
    """The message and its priority."""
    buffer, priority = ctypes.create_string_buffer(size), ctypes.c_uint()
    if seconds is None:
        length = _checked(_libc.mq_receive, fd, buffer, ctypes.c_size_t(size), ctypes.byref(priority))
    else:
        length = _checked(_libc.mq_timedreceive, fd, buffer, ctypes.c_size_t(size), ctypes.byref(priority),
                          ctypes.byref(_time(seconds, time.time())))
    return buffer.raw[:length], priority.value


def sem_open(name: str) -> int:
    """The address of the semaphore in this process; sem_open(3) gives one name one address."""
    return _checked(_libc.sem_open, name.encode(), 0)


def sem_wait_within(semaphore: object, seconds: float) -> None:
    _checked(_libc.sem_clockwait, semaphore, time.CLOCK_MONOTONIC, ctypes.byref(_time(seconds, time.monotonic())))


def sem_init(semaphore: object) -> None:
    """Make the SEMAPHORE bytes there one that processes share, with the value 0. It needs no destroying."""
    _checked(_libc.sem_init, semaphore, 1, 0)


def membarrier(command: int) -> None:
    if _MEMBARRIER is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    _checked(_libc.syscall, ctypes.c_long(_MEMBARRIER), command, 0, 0)
