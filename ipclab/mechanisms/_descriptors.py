"""Open files on the way from one process to another: SCM_RIGHTS, unix(7). Only UNIX sockets carry them."""

from __future__ import annotations

import array
import os
import select
import socket
from collections.abc import Iterable
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


class CarriesDescriptors(Socket):
    """The side of a connection through which open files can go; `_out` and `_in` are the labels of its directions."""

    _out = _in = ""

    @operation("give", label=outgoing, size=lambda self, args, result: result,
               argument=lambda self, descriptors, data=b"+": data, result=lambda *_: None)
    def send_descriptors(self, descriptors: Iterable[Any], data: bytes = b"+") -> int:
        """Send open files along with `data` (a byte or more): the receiver gets descriptors of its own for them.

        SCM_RIGHTS, unix(7). `descriptors` are numbers, or objects with `fileno()`; ours stay open. Blocks as `send`
        does. Returns how many bytes of `data` went: all, unless a stream's buffer was nearly full.
        """
        self._unix("send_descriptors")
        numbers = self._numbers(descriptors)
        if not data:
            raise self._misused("send_descriptors", "They travel with at least one byte of data.")
        try:
            return self._socket.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, numbers)])
        except (OSError, TypeError) as error:
            raise self._failed("send_descriptors", error)

    @operation("take", label=incoming, size=lambda self, args, result: len(result[1]),
               result=lambda self, args, result: result[1])
    def receive_descriptors(
            self, most: int = 16, n: int = CHUNK, timeout: float | None = None) -> tuple[list[int], bytes]:
        """Wait for data and take it with the descriptors that came along, at most `most`: (descriptors, data). Blocks.

        They are yours to close, and are closed on exec. Raises TooBig if there were more; those are closed again.
        """
        self._unix("receive_descriptors")
        if not isinstance(most, int) or not 0 < most <= MOST_DESCRIPTORS:
            raise self._misused("receive_descriptors", f"`most` is from 1 to {MOST_DESCRIPTORS}, not {most!r}.")
        flags = socket.MSG_CMSG_CLOEXEC | (0 if timeout is None else socket.MSG_DONTWAIT)
        for _ in [None] if timeout is None else turns(self.fileno(), select.POLLIN, timeout):
            try:
                data, extras, flags_then, _ = self._socket.recvmsg(n, socket.CMSG_SPACE(4 * most), flags)
            except BlockingIOError:
                continue
            except (OSError, TypeError, ValueError) as error:
                raise self._failed("receive_descriptors", error)
            return self._unpacked(data, extras, most, flags_then)
        raise self._late("receive_descriptors", timeout or 0, "Nothing was sent")

    def _unpacked(self, data: bytes, extras: list, most: int, flags: int) -> tuple[list[int], bytes]:
        numbers = array.array("i")
        for level, kind, payload in extras:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                numbers.frombytes(payload[:len(payload) // numbers.itemsize * numbers.itemsize])
        if flags & socket.MSG_CTRUNC or len(numbers) > most:        # the room is padded, so one more may have come in
            for number in numbers:
                os.close(number)
            raise errors.TooBig("receive_descriptors", f"{self.family} {self.label!r}", None,
                                "More descriptors came than `most`; all are closed again. Give a larger `most`.")
        return list(numbers), data

    def _numbers(self, descriptors: Iterable[Any]) -> array.array:
        try:
            numbers = array.array("i", [d if isinstance(d, int) else d.fileno() for d in descriptors])
        except (AttributeError, TypeError, OverflowError):
            raise self._misused("send_descriptors", "Give numbers, or objects with fileno().") from None
        if not 0 < len(numbers) <= MOST_DESCRIPTORS:
            raise self._misused("send_descriptors", f"From 1 to {MOST_DESCRIPTORS} at a time, not {len(numbers)}.")
        return numbers

    def _misused(self, call: str, hint: str) -> errors.Misuse:
        return errors.Misuse(call, f"{self.family} {self.label!r}", hint=hint)

    def _unix(self, call: str) -> None:
        if not self.closed and self._socket.family != socket.AF_UNIX:
            raise self._misused(call, "Only UNIX sockets carry descriptors and credentials: both ends share a kernel.")
