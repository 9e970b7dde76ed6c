"""What a process tells the kernel about itself, and the standard library has no call for."""

from __future__ import annotations

import ctypes
import os
import signal

_prctl = ctypes.PyDLL(None).prctl                       # PyDLL, and types told once: this runs in every new process
_prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
_SET_PDEATHSIG, _SET_CHILD_SUBREAPER = 1, 36


def adopt_orphans() -> None:
    """From now on a descendant whose parent ends becomes a child of this process, not of process 1."""
    if _prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError("prctl(PR_SET_CHILD_SUBREAPER) failed")


def die_with(parent: int) -> None:
    """The kernel kills this process when `parent` ends."""
    _prctl(_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:                             # it ended before we asked
        os._exit(1)


def call_oneself(name: str) -> None:
    """The name that ps(1) and /proc show, of which the kernel keeps 15 bytes."""
    descriptor = os.open("/proc/self/comm", os.O_WRONLY)
    os.write(descriptor, name.encode()[:15])
    os.close(descriptor)
