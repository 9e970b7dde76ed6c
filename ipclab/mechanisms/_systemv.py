"""What semaphores and message queues of System V have in common: how sysv_ipc fails, and what that means."""

from __future__ import annotations

import errno
from typing import TypeVar

import sysv_ipc

from .. import errors
from . import ledger
from ._object import KernelObject, explained, raised_here

__all__ = ["ERRORS", "failed", "interrupted", "made", "opened"]

T = TypeVar("T")

ERRORS = (sysv_ipc.Error, OSError)
_GONE = (errno.EIDRM, errno.EINVAL)              # removed while we waited, or before; our arguments have been checked


def interrupted(error: Exception) -> bool:
    """A signal came while the call waited; sysv_ipc has no class of its own for that. Not what its handler raised."""
    signaled = isinstance(error, InterruptedError) or isinstance(error, sysv_ipc.Error) and "Signaled" in str(error)
    return signaled and raised_here(error)


def failed(error: Exception, call: str, object: KernelObject) -> Exception:
    """What to raise for a failed operation on an object that this process once found."""
    if isinstance(error, sysv_ipc.BusyError) and "No available messages" in str(error):
        error = OSError(errno.ENOMSG, str(error))            # the library has one class for EAGAIN and ENOMSG
    ours = explained(error, call, object)
    if isinstance(ours, errors.NotFound) or getattr(ours, "errno", None) in _GONE:
        ours = errors.Removed(call, f"{object.family} {object.label!r}", errno.EIDRM,
                              "It was removed, perhaps while we waited. Was it removed too early?")
        ours.__cause__ = error
    return ours


def made(kind: type[T], listed: str, **options: object) -> T:
    """A new object under a key of its own; `listed` is what the ledger calls it."""
    while True:
        key = ledger.drawn_key()
        try:
            with ledger.making(listed, key):
                return kind(key, sysv_ipc.IPC_CREX, **options)
        except sysv_ipc.ExistentialError as error:
            if not raised_here(error):
                raise                                        # else somebody has that key


def opened(kind: type, key: int, id: int, call: str, object: KernelObject, **options: int):
    """The library's handle on the object that another process made: `key` finds it, `id` proves that it is the same."""
    try:
        handle = kind(key, **options)
    except sysv_ipc.Error as error:
        raise explained(error, call, object, "It was removed before this process could find it.") from error
    if handle.id != id:
        raise errors.NotFound(call, f"{object.family} {object.label!r}", errno.ENOENT,
                              "It was removed, and its key has been given to another one since.")
    return handle
