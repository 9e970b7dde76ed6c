"""What every socket object of ours has in common: closing, travelling to another process, errors."""

from __future__ import annotations

import contextlib
import errno
import socket
import struct
from collections.abc import Iterator

from .. import errors
from ..gate import operation
from . import _handover as handover
from ._bytes import bytes_waiting
from ._object import KernelObject, explained, seconds, within


class Socket(KernelObject):
    """A socket's descriptor. It is closed by `close()`, at the end of a with block, or when forgotten."""

    def __init__(self, bare: socket.socket, family: str, label: str):
        self.family = family
        super().__init__(label)
        self._socket, self._gone = bare, "It was closed in this process."

    def fileno(self) -> int:
        """The descriptor's number in this process, for os, select and socket options; -1 when closed."""
        return self._socket.fileno()

    @property
    def closed(self) -> bool:
        """True once this process's descriptor is closed; other processes may have theirs."""
        return self._socket.fileno() < 0

    @property
    def waiting(self) -> int | None:
        """Bytes that have come and were not received yet (FIONREAD); of datagrams, those of the first."""
        return None if self.closed else bytes_waiting(self.fileno())

    @operation(blocks=False)
    def close(self) -> None:
        """Close this process's descriptor. When the last one is closed, the other side sees the end."""
        self._socket.close()

    def remove(self) -> None:
        if not self.closed:
            self.close()

    def __getstate__(self) -> dict:
        token = None if self.closed else handover.send(self.fileno(), self)
        return {**self.__dict__, "_socket": token}

    def __setstate__(self, state: dict) -> None:
        token = state["_socket"]
        self.__dict__.update(state)
        self._socket = socket.socket(fileno=None if token is None else handover.receive(token))
        if token is None:
            self._socket.close()

    def handed_over(self) -> None:
        """Another process has it now. Ours is closed, or the other side would never see the end."""
        self._socket.close()
        self._gone = "It was handed over to another process, and closed here so that the other side can see the end."

    def __del__(self) -> None:
        with contextlib.suppress(AttributeError, OSError):
            self._socket.close()

    def _late(self, call: str, timeout: float, hint: str, moved: int = 0) -> errors.TimedOut:
        error = errors.TimedOut(call, f"{self.family} {self.label!r}", errno.EAGAIN, f"{hint} {within(timeout)}.")
        error.moved = moved
        return error

    def _failed(self, call: str, error: Exception, hint: str = "") -> Exception:
        about, number = f"{self.family} {self.label!r}", getattr(error, "errno", None)
        if number == errno.EBADF and self.closed:
            return errors.Closed(call, about, number, self._gone)
        if error.__traceback__ and error.__traceback__.tb_next:
            return error                                # a signal handler raised it
        if number in _MISUSED or isinstance(error, (TypeError, ValueError, OverflowError)):
            return errors.Misuse(call, about, number, _MISUSED.get(number) or f"Not what {call} takes: {error}.")
        return explained(error, call, self, hint or _HINTS.get(number, ""))


@contextlib.contextmanager
def sending_within(bare: socket.socket, timeout: float) -> Iterator[None]:
    """Inside the block a send or connect that would wait longer fails with EAGAIN (SO_SNDTIMEO, socket(7))."""
    microseconds = max(1, round(seconds(timeout) * 1e6))     # 0 would mean: wait for ever
    limit = struct.pack("ll", *divmod(microseconds, 10**6))
    bare.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
    try:
        yield
    finally:
        bare.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", 0, 0))


_MISUSED = {
    errno.EINVAL: "",
    errno.EBADF: "One of those descriptors is not open in this process.",
    errno.ENOTCONN: "It is not connected to anybody; connect() or accept() first.",
    errno.EDESTADDRREQ: "It has no peer; say to whom.",
    errno.EISCONN: "It is connected already; make another.",
    errno.EPROTOTYPE: "The socket at that address is of another kind; give the same kind= as it has.",
    errno.EOPNOTSUPP: "This kind of socket cannot do that.",
    errno.EADDRNOTAVAIL: "That address is not one of this machine.",
}
_HINTS = {
    errno.EPIPE: "The other side has closed, so nobody can receive. (SIGPIPE would have ended a program that does not "
                 "ignore it; Python does.)",
    errno.ENOENT: "Nobody made a socket there; start the server first, or check the path.",
    errno.ECONNREFUSED: "Nobody listens there now (a file alone is a leftover); start the server first.",
    errno.EADDRINUSE: "Somebody has it; or a server that ended left its file behind: then remove the file.",
    errno.ENETUNREACH: "There is no way to that network from here.",
    errno.EHOSTUNREACH: "There is no way to that host from here.",
    errno.ETOOMANYREFS: "Too many descriptors are under way (RLIMIT_NOFILE); let the other side receive some.",
}
