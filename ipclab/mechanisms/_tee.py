"""Would a read of a pipe return at once? Asked by tee(2), which copies and takes nothing away."""

from __future__ import annotations

import ctypes
import errno
import os

_libc = ctypes.CDLL(None, use_errno=True)
_NONBLOCK = 2


def would_not_wait(descriptor: int) -> bool:
    """True if bytes are there, or if nobody has a writing end. poll(2) cannot tell the second of a fresh FIFO."""
    reading, writing = os.pipe()
    try:
        copied = _libc.tee(descriptor, writing, ctypes.c_size_t(1), _NONBLOCK)
        return copied >= 0 or ctypes.get_errno() != errno.EAGAIN
    finally:
        os.close(reading), os.close(writing)
