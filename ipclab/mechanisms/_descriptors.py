"""Open files on the way from one process to another: SCM_RIGHTS, unix(7). Only UNIX sockets carry them."""

from __future__ import annotations

import array
import contextlib
import os
import select
import socket
from collections.abc import Iterable
from functools import partial
from typing import Any

from .. import errors
from ..gate import operation
from ._bytes import CHUNK, turns
from ._socket import Socket

__all__ = ["CarriesDescriptors", "incoming", "outgoing"]

MOST_DESCRIPTORS = 253          # in one message: SCM_MAX_FD (unix(7))


def outgoing(self: CarriesDescriptors, *_: Any) -> str:
    """The label of the direction from here."""
    return self._out


def incoming(self: CarriesDescriptors, *_: Any) -> str:
    """The label of the direction to here."""
    return self._in


_sending = partial(operation, "give", label=outgoing, size=lambda self, args, result: result,
                   argument=lambda self, descriptors, data=b"+", timeout=None: data, result=lambda *_: None)
_receiving = partial(operation, "take", label=incoming, size=lambda self, args, result: len(result[1]),
                     result=lambda self, args, result: result[1])


class CarriesDescriptors(Socket):
    """The side of a connection through which open files can go; `_out` and `_in` are the labels of its directions."""

    _out = _in = ""

    @_sending()
    def send_descriptors(self, descriptors: Iterable[Any], data: bytes = b"+", timeout: float | None = None) -> int:
        """Send open files along with `data` (a byte or more): the receiver gets descriptors of its own for them.

        SCM_RIGHTS, unix(7). `descriptors` are numbers, or objects with `fileno()`; ours stay open. Blocks as `send`
        does, and raises TimedOut after `timeout` seconds. Returns how many bytes of `data` went: all, unless a stream's
        buffer was nearly full.
        """
        if timeout is None:
            return self._pass_on("send_descriptors", descriptors, data)
        for _ in turns(self.fileno(), select.POLLOUT, timeout):
            with contextlib.suppress(errors.WouldBlock):
                return self._pass_on("send_descriptors", descriptors, data, socket.MSG_DONTWAIT)
        raise self._late("send_descriptors", timeout, "Nobody received")

    @_sending(blocks=False)
    def send_descriptors_nowait(self, descriptors: Iterable[Any], data: bytes = b"+") -> int:
        """Send them if there is room now, else raise WouldBlock; never waits."""
        return self._pass_on("send_descriptors_nowait", descriptors, data, socket.MSG_DONTWAIT)

    @_receiving()
    def receive_descriptors(
            self, most: int = 16, n: int = CHUNK, timeout: float | None = None) -> tuple[list[int], bytes]:
        """Wait for data and take it with the descriptors that came along, at most `most`: (descriptors, data). Blocks.

        They are yours to close, and are closed on exec. Raises TooBig if there were more; those are closed again; and
        TimedOut after `timeout` seconds.
        """
        if timeout is None:
            return self._take_with("receive_descriptors", most, n)
        for _ in turns(self.fileno(), select.POLLIN, timeout):
            with contextlib.suppress(errors.WouldBlock):
                return self._take_with("receive_descriptors", most, n, socket.MSG_DONTWAIT)
        raise self._late("receive_descriptors", timeout, "Nothing was sent")

    @_receiving(blocks=False)
    def receive_descriptors_nowait(self, most: int = 16, n: int = CHUNK) -> tuple[list[int], bytes]:
        """Take what has come, or raise WouldBlock; never waits."""
        return self._take_with("receive_descriptors_nowait", most, n, socket.MSG_DONTWAIT)

    def _pass_on(self, call: str, descriptors: Iterable[Any], data: bytes, flags: int = 0) -> int:
        self._unix(call)
        numbers = self._numbers(call, descriptors)
        if not data:
            raise self._misused(call, "They travel with at least one byte of data.")
        try:
            return self._socket.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, numbers)], flags)
        except (OSError, TypeError) as error:
            raise self._failed(call, error)

    def _take_with(self, call: str, most: int, n: int, flags: int = 0) -> tuple[list[int], bytes]:
        self._unix(call)
        if not isinstance(most, int) or not 0 < most <= MOST_DESCRIPTORS:
            raise self._misused(call, f"`most` is from 1 to {MOST_DESCRIPTORS}, not {most!r}.")
        try:
            data, extras, cut, _ = self._socket.recvmsg(n, socket.CMSG_SPACE(4 * most), socket.MSG_CMSG_CLOEXEC | flags)
        except (OSError, TypeError, ValueError) as error:
            raise self._failed(call, error)
        return self._unpacked(call, data, extras, most, cut)

    def _unpacked(self, call: str, data: bytes, extras: list, most: int, flags: int) -> tuple[list[int], bytes]:
        numbers = array.array("i")
        for level, kind, payload in extras:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                numbers.frombytes(payload[:len(payload) // numbers.itemsize * numbers.itemsize])
        if flags & socket.MSG_CTRUNC or len(numbers) > most:        # the room is padded, so one more may have come in
            for number in numbers:
                os.close(number)
            raise errors.TooBig(call, f"{self.family} {self.label!r}", None,
                                "More descriptors came than `most`; all are closed again. Give a larger `most`.")
        return list(numbers), data

    def _numbers(self, call: str, descriptors: Iterable[Any]) -> array.array:
        try:
            numbers = array.array("i", [d if isinstance(d, int) else d.fileno() for d in descriptors])
        except (AttributeError, TypeError, OverflowError):
            raise self._misused(call, "Give numbers, or objects with fileno().") from None
        if not 0 < len(numbers) <= MOST_DESCRIPTORS:
            raise self._misused(call, f"From 1 to {MOST_DESCRIPTORS} at a time, not {len(numbers)}.")
        return numbers

    def _misused(self, call: str, hint: str) -> errors.Misuse:
        return errors.Misuse(call, f"{self.family} {self.label!r}", hint=hint)

    def _unix(self, call: str) -> None:
        if not self.closed and self._socket.family != socket.AF_UNIX:
            raise self._misused(call, "Only UNIX sockets carry descriptors and credentials: both ends share a kernel.")
