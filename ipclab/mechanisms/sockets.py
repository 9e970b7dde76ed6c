"""Sockets: a two-way connection between two processes, on one machine or on two.

A server **listens** at an address (socket, bind, listen) and **accepts** connections; a client **connects**; then both
send and receive through a descriptor like any other. Book: chapter Sockets.
Manual: socket(7), unix(7), tcp(7), accept(2), connect(2), send(2), recv(2).

| kind | what it keeps | where |
|---|---|---|
| "stream" | the order of the bytes, no messages | UNIX, TCP |
| "seqpacket" | whole messages in order, with a connection | UNIX |
| "datagram" | whole messages, no connection; over a network some get lost | UNIX, UDP |

An address is a path, "@name" (abstract: no file, gone with its socket), a port (on this machine only), or (host, port).
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import select
import socket
from collections.abc import Iterator
from typing import Any

from .. import errors
from ..gate import operation
from . import ledger, leftovers
from ._addresses import KINDS, Address, as_given, text, understood
from ._bytes import CHUNK, ready, turns
from ._connection import Connection, Peer
from ._object import translated
from ._socket import Socket, sending_within

__all__ = ["Connection", "DatagramSocket", "Listener", "Peer", "connect", "listen", "socket_pair"]

_pairs = itertools.count(1)


def listen(address: Any = None, *, kind: str = "stream", backlog: int = 128, reuse_address: bool = True) -> Listener:
    """A server's socket at `address`: socket(2), bind(2) and listen(2) in one. Never blocks.

    Port 0 lets the kernel choose a free port, and no address a path: `listener.address` says which. `backlog` is how
    many connections may wait for accept. Without `reuse_address` (SO_REUSEADDR) a TCP port cannot be had again while
    old connections are in TIME_WAIT. Raises AlreadyExists if somebody has the address or left its file behind.
    """
    where = understood("listen", address, kind)
    if kind == "datagram":
        raise errors.Misuse("listen", repr(address), hint="Datagrams have no connections: use DatagramSocket(address).")
    bare = where.socket("listen")
    if where.domain != socket.AF_UNIX and reuse_address:
        bare.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener = Listener(bare, where.family, text(where.raw))
    listener._bind("listen", where)
    bare.listen(backlog)
    return listener


def connect(address: Any, *, kind: str = "stream", timeout: float | None = None) -> Connection:
    """A connection to the server that listens at `address`; connect(2). The server need not have accepted yet.

    Blocks while the server's backlog is full (and, over a network, for the three-way handshake): at most `timeout`
    seconds, then raises TimedOut. Raises NotFound if nobody listens there. A handshake cannot be had without waiting,
    so there is no connect_nowait; `timeout=0` comes nearest.
    """
    where = understood("connect", address, kind)
    bare = where.socket("connect")
    if where.domain == socket.AF_UNIX:
        bare.bind("")                   # an abstract name made up by the kernel: the server can tell clients apart
    connection = Connection(bare, where.family, f"to {text(where.raw)}")
    try:
        connection.connect(where.raw, timeout)
    except BaseException:
        bare.close()
        raise
    return connection


def socket_pair(kind: str = "stream", *, label: str | None = None) -> tuple[Connection, Connection]:
    """Two connected UNIX sockets without an address, a pipe that goes both ways; socketpair(2)."""
    if kind not in KINDS:
        raise errors.Misuse("socketpair", repr(kind), hint=f"kind is one of: {', '.join(KINDS)}.")
    label, family = label or f"pair-{next(_pairs)}", f"UNIX {kind} socket"
    try:
        first, second = socket.socketpair(socket.AF_UNIX, KINDS[kind])
    except OSError as error:
        raise translated(error, "socketpair", f"{family} {label!r}") from error
    a, b = Connection(first, family, label), Connection(second, family, label)
    a._name_directions(f"{label}: a → b", f"{label}: b → a")
    b._name_directions(f"{label}: b → a", f"{label}: a → b")
    return a, b


_UNBOUND = {errno.ENOENT: "There is no such folder; make it first."}


class _Bound(Socket):
    """A socket with an address of its own, whose file goes when the process that made it closes it."""

    address: Any = None
    _proof, _owner = "", 0

    def _bind(self, call: str, where: Address) -> None:
        try:
            with ledger.making("file", where.path) if where.drawn else contextlib.nullcontext():
                self._socket.bind(where.raw)
        except OSError as error:
            self._socket.close()
            raise self._failed(call, error, _UNBOUND.get(error.errno, ""))
        self.address, self.label = as_given(self._socket.getsockname()), text(self._socket.getsockname())
        if where.path is not None:
            self._proof, self._owner = leftovers.file_proof(where.path), os.getpid()
            ledger.claim("file", where.path, self._proof)

    def close(self) -> None:
        """Close it here; connections go on. In the process that made it, this also removes the socket's file."""
        super().close()
        if self._owner == os.getpid():              # a forked child that closes its copy must not take the name away
            leftovers.remove(ledger.Entry("file", self.address, self._proof))
            ledger.release("file", self.address)
            self._owner = 0

    def remove(self) -> None:
        if not self.closed or self._owner:
            self.close()


class Listener(_Bound):
    """Where a server waits for connections. `address` is what a client gives to `connect`."""

    @operation("take", result=lambda self, args, result: self.label)
    def accept(self, timeout: float | None = None) -> Connection:
        """Wait for a client and return the connection to it; accept(2). Blocks. Raises TimedOut after `timeout` s."""
        if timeout is not None:
            return self._accept_within(timeout)
        while True:
            try:
                return self._accepted(self._socket._accept()[0])
            except BlockingIOError:                 # another process is just now in accept_nowait: see _at_once
                ready(self.fileno(), select.POLLIN, None)
            except OSError as error:
                raise self._failed("accept", error)

    @operation("take", blocks=False, result=lambda self, args, result: self.label)
    def accept_nowait(self) -> Connection:
        """Return the connection to a client that waits already, or raise WouldBlock; never waits."""
        try:
            with self._at_once():
                return self._accepted(self._socket._accept()[0])
        except OSError as error:
            raise self._failed("accept_nowait", error)

    def _accept_within(self, timeout: float) -> Connection:
        for _ in turns(self.fileno(), select.POLLIN, timeout):
            try:
                with self._at_once():
                    return self._accepted(self._socket._accept()[0])
            except BlockingIOError:
                pass
            except OSError as error:
                raise self._failed("accept", error)
        raise self._late("accept", timeout, "Nobody connected")

    @contextlib.contextmanager
    def _at_once(self) -> Iterator[None]:
        """accept(2) has no flag like MSG_DONTWAIT. O_NONBLOCK it is, on an open file that other servers may share."""
        os.set_blocking(self.fileno(), False)
        try:
            yield
        finally:
            os.set_blocking(self.fileno(), True)

    def _accepted(self, descriptor: int) -> Connection:
        """What socket.accept() does around the call: that one is written in Python, and our errors tell a failed call
        from a handler that raised by where in Python the exception comes from."""
        listening = self._socket
        bare = socket.socket(listening.family, listening.type, listening.proto, fileno=descriptor)
        connection = Connection(bare, self.family, self.label)
        connection._name_directions()
        return connection

    def may(self, kind: str, *args: Any, **kwargs: Any) -> bool:
        return kind != "accept" or self.closed or ready(self.fileno(), select.POLLIN)


class DatagramSocket(_Bound):
    """A socket at `address` that sends and receives single messages, without a connection: UNIX or UDP.

    Each message arrives whole or not at all. On UNIX none is lost and the sender waits while the receiver's queue is
    full; UDP drops what finds no room, and over a network may lose messages and change their order.
    """

    def __init__(self, address: Any = None):
        where = understood("DatagramSocket", address, "datagram")
        super().__init__(where.socket("DatagramSocket"), where.family, text(where.raw))
        self._known: dict[Any, Any] = {}
        self._bind("DatagramSocket", where)

    def _raw(self, to: Any) -> Any:
        if to not in self._known:
            self._known[to] = understood("send", to, "datagram").raw
        return self._known[to]

    def _addressee(self, data: bytes, to: Any, *_: Any) -> str:
        return text(self._raw(to))

    @operation("give", label=_addressee)
    def send(self, data: bytes, to: Any, timeout: float | None = None) -> None:
        """Send `data` as one message to the socket at address `to`; sendto(2).

        Blocks while a UNIX receiver's queue is full (/proc/sys/net/unix/max_dgram_qlen). Raises TooBig for what does
        not fit into one message, NotFound if nobody is there (UDP does not notice), TimedOut after `timeout` seconds.
        """
        if timeout is not None:
            return self._send_within(data, to, timeout)
        try:
            self._socket.sendto(data, self._raw(to))
        except (OSError, TypeError) as error:
            raise self._failed("send", error)

    @operation("give", blocks=False, label=_addressee)
    def send_nowait(self, data: bytes, to: Any) -> None:
        """Send `data` to `to`, or raise WouldBlock if the receiver's queue is full; never waits."""
        try:
            self._socket.sendto(data, socket.MSG_DONTWAIT, self._raw(to))
        except (OSError, TypeError) as error:
            raise self._failed("send_nowait", error)

    def receive(self, n: int = CHUNK, timeout: float | None = None) -> bytes:
        """Like `receive_from`, without the sender's address."""
        return self.receive_from(n, timeout)[0]

    def receive_nowait(self, n: int = CHUNK) -> bytes:
        """Like `receive_from_nowait`, without the sender's address."""
        return self.receive_from_nowait(n)[0]

    @operation("take", result=lambda self, args, result: result[0])
    def receive_from(self, n: int = CHUNK, timeout: float | None = None) -> tuple[bytes, Any]:
        """Wait for a message; return up to `n` bytes of it and the sender's address. **The rest of it is lost.**

        Blocks. Raises TimedOut after `timeout` seconds.
        """
        for _ in () if timeout is None else turns(self.fileno(), select.POLLIN, timeout):
            with contextlib.suppress(errors.WouldBlock):
                return self._take("receive_from", n, socket.MSG_DONTWAIT)
        if timeout is not None:
            raise self._late("receive_from", timeout, "Nobody sent anything")
        return self._take("receive_from", n, 0)

    @operation("take", blocks=False, result=lambda self, args, result: result[0])
    def receive_from_nowait(self, n: int = CHUNK) -> tuple[bytes, Any]:
        """Return a message that has come, and the sender's address, or raise WouldBlock; never waits."""
        return self._take("receive_from_nowait", n, socket.MSG_DONTWAIT)

    def _take(self, call: str, n: int, flags: int) -> tuple[bytes, Any]:
        try:
            data, sender = self._socket.recvfrom(n, flags)
        except (OSError, ValueError, TypeError) as error:
            raise self._failed(call, error)
        return data, as_given(sender or "")

    def _send_within(self, data: bytes, to: Any, timeout: float) -> None:
        """poll(2) does not see whether the queue of a receiver without a connection is full; SO_SNDTIMEO does."""
        raw = self._raw(to)
        try:
            with sending_within(self._socket, timeout):
                self._socket.sendto(data, raw)
        except BlockingIOError:
            raise self._late("send", timeout, f"The queue of {text(raw)} stayed full") from None
        except (OSError, TypeError) as error:
            raise self._failed("send", error)

    def may(self, kind: str, *args: Any, **kwargs: Any) -> bool:
        """Of `send` it does not know: the kernel does not tell how full somebody else's queue is."""
        return kind != "receive_from" or self.closed or ready(self.fileno(), select.POLLIN)
