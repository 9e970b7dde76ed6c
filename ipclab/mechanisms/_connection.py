"""One side of a connection between two sockets: the four verbs, descriptors on the way, and who is at the other end."""

from __future__ import annotations

import contextlib
import fcntl
import select
import socket
import struct
import sys
import termios
from collections.abc import Iterator
from typing import Any, NamedTuple

from .. import errors
from ..gate import operation
from ._addresses import as_given, text
from ._bytes import CHUNK, ready, size_given, slices, turns
from ._descriptors import CarriesDescriptors, incoming, outgoing
from ._socket import sending_within

__all__ = ["Connection", "Peer"]

LONGEST_MESSAGE = 16 * 2**20    # bytes that receive_message takes at most: the length comes from somebody else


class Peer(NamedTuple):
    """Who is at the other end, as the kernel noted it when the connection was made (SO_PEERCRED)."""

    pid: int
    uid: int
    gid: int


def _received(self: Connection, args: tuple, result: bytes) -> int:
    return len(result)


def _pieces(self: Connection, data: Any, *rest: Any) -> Iterator[tuple]:
    return slices(self, data, *rest) if "stream" in self.family else iter([(data, *rest)])


class Connection(CarriesDescriptors):
    """What `connect`, `accept` and `socket_pair` return. Each of its two directions is an object of its own in a trace.

    A stream has no messages: what two sends put in, one receive may take; `send_message` and `receive_message` add a
    length. A seqpacket or datagram connection keeps each message whole; `receive(n)` with too small an `n` loses the
    rest of one. Closing one side tells the other: `receive` gives `b""` once it has taken all that was sent.
    """

    def __init__(self, bare: socket.socket, family: str, label: str):
        super().__init__(bare, family, label)
        self._out = self._in = label

    @operation("give", label=lambda self, raw, *_: text(raw), argument=lambda self, raw, *_: text(raw))
    def connect(self, raw: Any, timeout: float | None = None) -> None:
        """Done by `connect(address)`, which makes the connection."""
        try:
            with contextlib.nullcontext() if timeout is None else sending_within(self._socket, timeout):
                self._socket.connect(raw)
        except BlockingIOError:
            raise self._late("connect", timeout or 0, "No answer, or its backlog stayed full,") from None
        except OSError as error:
            raise self._failed("connect", error)
        self._name_directions()

    def _name_directions(self, outgoing: str = "", incoming: str = "") -> None:
        if not outgoing:
            here, there = text(self._socket.getsockname()), text(self._socket.getpeername())
            outgoing, incoming = f"{here} → {there}", f"{there} → {here}"
            if "datagram" in self.family:               # the receiver has no connection, only its address
                outgoing, incoming = there, here
        self.label = self._out = outgoing
        self._in = incoming

    # --- sending ---

    @operation("give", label=outgoing, size=size_given, pieces=_pieces)
    def send(self, data: bytes, timeout: float | None = None) -> None:
        """Send all of `data`; send(2). Blocks while the receiver's buffer is full.

        Raises Closed when the other side has closed, TooBig for a message that does not fit, TimedOut after `timeout`
        seconds: of a stream's data a first part may have gone then (its size is the error's `moved`).
        """
        if timeout is not None:
            return self._send_within(data, timeout)
        try:
            self._socket.sendall(data)
        except (OSError, TypeError) as error:
            raise self._failed("send", error)

    @operation("give", blocks=False, label=outgoing, size=lambda self, args, result: result)
    def send_nowait(self, data: bytes) -> int:
        """Send what fits now and return how many bytes that was, or raise WouldBlock; never waits.

        A message goes whole or not at all; of a stream's data perhaps only the first part.
        """
        try:
            return self._socket.send(data, socket.MSG_DONTWAIT)
        except (OSError, TypeError) as error:
            raise self._failed("send_nowait", error)

    def _send_within(self, data: bytes, timeout: float) -> None:
        done, of = 0, len(data)
        for _ in turns(self.fileno(), select.POLLOUT, timeout):
            try:
                while True:
                    done += self._socket.send(memoryview(data).cast("B")[done:], socket.MSG_DONTWAIT)
                    if done >= of:
                        return
            except BlockingIOError:
                pass
            except (OSError, TypeError) as error:
                raise self._failed("send", error)
        raise self._late("send", timeout, f"Nobody received, and {done} of {of} bytes went", done)

    # --- receiving ---

    @operation("take", label=incoming, size=_received)
    def receive(self, n: int = CHUNK, timeout: float | None = None) -> bytes:
        """Wait until something has come, then take up to `n` bytes of it; recv(2). `b""`: the other side has closed.

        Blocks. Raises TimedOut after `timeout` seconds; Closed (ECONNRESET) if the other side ended without receiving
        all that was sent to it.
        """
        if timeout is not None:
            return self._receive_within(n, timeout)
        try:
            return self._socket.recv(n)
        except (OSError, TypeError, ValueError) as error:
            raise self._failed("receive", error)

    @operation("take", blocks=False, label=incoming, size=_received)
    def receive_nowait(self, n: int = CHUNK) -> bytes:
        """Take what has come, up to `n` bytes, or raise WouldBlock; never waits. `b""`: the other side has closed."""
        try:
            return self._socket.recv(n, socket.MSG_DONTWAIT)
        except (OSError, TypeError, ValueError) as error:
            raise self._failed("receive_nowait", error)

    def _receive_within(self, n: int, timeout: float) -> bytes:
        for _ in turns(self.fileno(), select.POLLIN, timeout):
            try:
                return self._socket.recv(n, socket.MSG_DONTWAIT)
            except BlockingIOError:
                pass
            except (OSError, TypeError, ValueError) as error:
                raise self._failed("receive", error)
        raise self._late("receive", timeout, "Nothing was sent")

    def receive_exactly(self, n: int, timeout: float | None = None) -> bytes:
        """Receive on until there are `n` bytes. Raises Closed if the stream ends first; what had come is lost.

        `timeout` is for each of the receives that it takes.
        """
        parts, left = [], n
        while left > 0:
            part = self.receive(left, timeout)
            if not part:
                raise errors.Closed("receive_exactly", f"{self.family} {self.label!r}", None,
                                    f"The other side closed after {n - left} of {n} bytes.")
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    # --- messages on a stream ---

    def send_message(self, payload: bytes, timeout: float | None = None) -> None:
        """Send a message on a stream: a header of 4 bytes, the length of the payload (big-endian), then the payload."""
        if len(payload) > LONGEST_MESSAGE:
            raise errors.TooBig("send_message", f"{self.family} {self.label!r}", None,
                                f"A message has at most {LONGEST_MESSAGE:,} bytes; send it in parts.")
        self.send(len(payload).to_bytes(4, "big") + payload, timeout)

    def receive_message(self, timeout: float | None = None) -> bytes | None:
        """The payload of the next message from `send_message`; None when the other side closed after a whole one.

        Raises Closed if it closed in the middle of one, TooBig for a length that no message of ours has: then the
        other side speaks another protocol. `timeout` is for each of the receives that it takes.
        """
        start = self.receive(4, timeout)
        if not start:
            return None
        header = start + self.receive_exactly(4 - len(start), timeout)
        length = int.from_bytes(header, "big")
        if length > LONGEST_MESSAGE:
            raise errors.TooBig("receive_message", f"{self.family} {self.label!r}", None,
                                f"The first 4 bytes, {header!r}, would mean {length:,}; is that a header of ours?")
        return self.receive_exactly(length, timeout)

    # --- the other side ---

    @operation(blocks=False)
    def shutdown_writing(self) -> None:
        """Send no more, in no process: the other side sees the end once it has taken all. Receiving goes on."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError as error:
            raise self._failed("shutdown_writing", error)

    @property
    def peer(self) -> Peer:
        """Pid, user and group of who made the connection at the other end (SO_PEERCRED); UNIX only."""
        self._unix("SO_PEERCRED")
        try:
            return Peer(*struct.unpack("3i", self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)))
        except OSError as error:
            raise self._failed("SO_PEERCRED", error)

    @property
    def address(self) -> Any:
        """Its own address: a path, "@name", (host, port), or "unnamed"."""
        return self._asked("getsockname")

    @property
    def peer_address(self) -> Any:
        """The other side's address."""
        return self._asked("getpeername")

    def _asked(self, call: str) -> Any:
        try:
            return as_given(getattr(self._socket, call)())
        except OSError as error:
            raise self._failed(call, error)

    def may(self, kind: str, *args: Any, **kwargs: Any) -> bool:
        """False is certain, and on a UNIX stream so is True."""
        if self.closed:
            return True
        if kind in ("receive", "receive_descriptors"):
            return ready(self.fileno(), select.POLLIN)
        return kind not in ("send", "send_descriptors") or ready(self.fileno(), select.POLLOUT) or self._has_room()

    def _has_room(self) -> bool:
        """poll(2) wants part of the buffer free before it says so; a send waits only when all of it is under way."""
        under_way = int.from_bytes(fcntl.ioctl(self.fileno(), termios.TIOCOUTQ, bytes(4)), sys.byteorder)
        room = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
        if self._socket.type == socket.SOCK_DGRAM and under_way * 4 <= room:
            return False                                # not our buffer, but the receiver's queue is full
        return under_way < room
