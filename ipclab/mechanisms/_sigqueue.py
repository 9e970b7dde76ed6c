"""A signal with a number: sigqueue(3), and sigtimedwait(2) with the number that came along. Python offers neither."""

from __future__ import annotations

import ctypes
import time

from ._object import seconds

_libc = ctypes.CDLL(None, use_errno=True)


class _Value(ctypes.Structure):
    """union sigval, passed by value: an int where a pointer would fit."""

    _fields_ = [("number", ctypes.c_int), ("unused", ctypes.c_int)]


class _Info(ctypes.Structure):
    """siginfo_t as far as we read it: 128 bytes, whose union starts at byte 16 on 64-bit machines."""

    _fields_ = [("signo", ctypes.c_int), ("errno", ctypes.c_int), ("code", ctypes.c_int), ("pad", ctypes.c_int),
                ("pid", ctypes.c_int), ("uid", ctypes.c_uint), ("value", _Value), ("rest", ctypes.c_byte * 96)]


class _Time(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]


_Set = ctypes.c_ulong * 16                               # sigset_t, 1,024 bits
SI_QUEUE = -1


def queue(pid: int, number: int, value: int) -> int:
    """0, or the errno: ESRCH, EPERM, EAGAIN."""
    return ctypes.get_errno() if _libc.sigqueue(ctypes.c_int(pid), number, _Value(value)) != 0 else 0


def wait(number: int, timeout: float | None) -> int | None:
    """The number that came along, 0 if none did; None after `timeout` seconds. Other signals' handlers run meanwhile."""
    wanted, info = _Set(), _Info()
    _libc.sigemptyset(ctypes.byref(wanted))
    _libc.sigaddset(ctypes.byref(wanted), number)
    deadline = None if timeout is None else time.monotonic() + seconds(timeout)
    while _libc.sigtimedwait(ctypes.byref(wanted), ctypes.byref(info), _left(deadline)) < 0:
        if deadline is not None and time.monotonic() >= deadline:
            return None
    return info.value.number if info.code == SI_QUEUE else 0


def _left(deadline: float | None) -> object:
    if deadline is None:
        return None
    left = max(0, deadline - time.monotonic())
    return ctypes.byref(_Time(int(left), int(left % 1 * 1e9)))
