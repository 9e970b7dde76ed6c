"""P with a time limit on a System V semaphore: semtimedop(2), which the wheels of sysv_ipc leave out."""

from __future__ import annotations

import ctypes
import os

_libc = ctypes.CDLL(None, use_errno=True)


class _Step(ctypes.Structure):
    _fields_ = [("number", ctypes.c_ushort), ("change", ctypes.c_short), ("flags", ctypes.c_short)]


class _Time(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]


SEM_UNDO = 0x1000


def timed_P(id: int, undo: bool, seconds: float) -> None:
    """Take one from semaphore `id` within `seconds`. Raises OSError: EAGAIN out of time, EINTR, EIDRM, EINVAL."""
    step = _Step(0, -1, SEM_UNDO if undo else 0)
    limit = _Time(int(seconds), int(seconds % 1 * 1e9))
    if _libc.semtimedop(id, ctypes.byref(step), ctypes.c_size_t(1), ctypes.byref(limit)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
