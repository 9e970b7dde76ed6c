"""The errors of ipclab, one tree:

    IPCError                    call, object, errno, hint
    ├── WouldBlock              a `_nowait` call could not be done at once
    ├── TimedOut                `timeout=` seconds went by first; nothing was taken or sent
    ├── Removed                 the object is gone: removed by somebody, perhaps while we waited
    ├── NotFound                no object of that name, key or process id
    ├── AlreadyExists           the name is taken
    ├── NotPermitted            owner, mode or user id forbid it
    ├── TooBig                  larger than the object takes, now or ever
    ├── Closed                  this end, or every other end, is closed
    ├── LimitReached            the kernel, or this process, allows no more of them
    └── Misuse                  a call that cannot be meant; also a ValueError
    RunError                    a run of processes could not be started or was lost
    NotInstalled                this machine lacks something; the message says how to get it

Each message says which call failed on which object, the errno's name, and what to do next.
"""

from __future__ import annotations

import errno as _errno
import os

__all__ = [
    "AlreadyExists", "Closed", "IPCError", "LimitReached", "Misuse", "NotFound", "NotInstalled",
    "NotPermitted", "Removed", "RunError", "TimedOut", "TooBig", "WouldBlock", "from_os",
]


class IPCError(Exception):
    """A failed operation: `call` on `object`, with `errno` (or None) and a `hint` for the reader."""

    def __init__(self, call: str, object: str, errno: int | None = None, hint: str = ""):
        self.call, self.object, self.errno, self.hint = call, object, errno, hint
        super().__init__(call, object, errno, hint)

    def __str__(self) -> str:
        why = f" ({_errno.errorcode.get(self.errno, self.errno)}: {os.strerror(self.errno)})" if self.errno else ""
        return f"{self.call} on {self.object}{why}." + (f" {self.hint}" if self.hint else "")


class WouldBlock(IPCError):
    """A `_nowait` call could not be done at once. Nothing has changed; the plain verb would wait."""


class TimedOut(IPCError):
    """`timeout=` seconds went by first. Nothing was taken or sent, or `moved` says how much was."""


class Removed(IPCError):
    """The object is gone: somebody removed it, perhaps while we waited."""


class NotFound(IPCError):
    """No object of that name or key, no process of that id, or nobody at the other end."""


class AlreadyExists(IPCError):
    """The name or address is taken."""


class NotPermitted(IPCError):
    """Owner, mode or user id forbid it."""


class TooBig(IPCError):
    """Larger than the object takes, now or ever."""


class Closed(IPCError):
    """This end is closed, or every other end is, so that it can never go on."""


class LimitReached(IPCError):
    """The kernel, or this process, allows no more of them."""


class Misuse(IPCError, ValueError):
    """A call that cannot be meant, found before anything happened. Also a ValueError."""


class RunError(Exception):
    """A run of processes could not be started, or was lost."""


class NotInstalled(Exception):
    """This machine lacks something; the message says how to get it."""


_BY_ERRNO: dict[int, tuple[type[IPCError], str]] = {
    _errno.EAGAIN: (WouldBlock, "It would have to wait; call the plain verb to wait, or give timeout=."),
    _errno.ENOMSG: (WouldBlock, "No such message waits; call the plain verb to wait, or give timeout=."),
    _errno.ETIMEDOUT: (TimedOut, "Nothing changed; try again, or find out who should have acted."),
    _errno.EIDRM: (Removed, "Somebody removed it while we waited. Was it removed too early?"),
    _errno.EINVAL: (Removed, "No such object any more, or an argument it does not take."),
    _errno.ENOENT: (NotFound, "Create it first, or check the name."),
    _errno.ESRCH: (NotFound, "No such process: it has ended and been waited for."),
    _errno.EEXIST: (AlreadyExists, "Choose another name, or remove the old one first."),
    _errno.EADDRINUSE: (AlreadyExists, "The address is in use, or its file was left behind: remove it first."),
    _errno.EACCES: (NotPermitted, "Its mode does not allow this user that access."),
    _errno.EPERM: (NotPermitted, "Only its owner, or root, may do that."),
    _errno.E2BIG: (TooBig, "Receive with a larger size."),
    _errno.EMSGSIZE: (TooBig, "Send less at a time, or make the object for larger messages."),
    _errno.EPIPE: (Closed, "Nobody can read any more: every reading end is closed."),
    _errno.EBADF: (Closed, "This end was closed here already."),
    _errno.ECONNRESET: (Closed, "The other side ended without reading all that was sent."),
    _errno.ECONNREFUSED: (NotFound, "Nobody listens at that address; start the server first."),
    _errno.ENXIO: (NotFound, "Nobody has it open for reading; open the reader first."),
    _errno.ENOSPC: (LimitReached, "No room for more: `ipcs -l` shows System V's limits, `df /dev/shm` the room for "
                                  "POSIX objects; `ipclab sweep` removes leftovers."),
    _errno.ENFILE: (LimitReached, "All processes together may have no more files open (/proc/sys/fs/file-max)."),
    _errno.EMFILE: (LimitReached, "This process has no descriptor left (for POSIX queues: RLIMIT_MSGQUEUE); close "
                                  "some."),
    _errno.ERANGE: (LimitReached, "The value would pass the kernel's maximum."),
}


def from_os(error: OSError, call: str, object: str, hint: str = "") -> IPCError:
    """The error of ours that stands for `error`; `hint` replaces the usual advice."""
    kind, usual = _BY_ERRNO.get(error.errno, (IPCError, "" if error.errno else str(error)))
    return kind(call, object, error.errno, hint or usual)
