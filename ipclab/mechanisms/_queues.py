"""What message queues of System V and POSIX have in common."""

from __future__ import annotations

import errno

from .. import errors
from ._object import KernelObject, within

__all__ = ["Queue", "encoded", "said"]


def encoded(message: bytes | str) -> bytes:
    return message.encode() if isinstance(message, str) else message


def said(self: Queue, message: bytes | str, *_: object) -> bytes:
    """What the trace keeps of a message that is sent: the same bytes that `receive` will return."""
    return encoded(message)


class Queue(KernelObject):

    @property
    def _title(self) -> str:
        return f"{self.family} {self.label!r}"

    def _message(self, call: str, message: object, largest: int) -> bytes:
        """`message` as it goes to the kernel. Raises Misuse for what is no message, TooBig for what will never fit."""
        if message.__class__ is not bytes:
            message = self._converted(call, message)
        if len(message) > largest:
            raise errors.TooBig(call, self._title, errno.EMSGSIZE,
                                f"The message has {len(message)} bytes and at most {largest} fit. "
                                "Send less at a time, or make the queue for larger messages.")
        return message

    def _converted(self, call: str, message: object) -> bytes:
        if not isinstance(message, (str, bytes, bytearray, memoryview)):
            raise errors.Misuse(call, self._title, hint=f"A message is bytes or text, not {type(message).__name__}; "
                                                        "encode it first, with json.dumps for example.")
        return bytes(encoded(message))

    def _whole(self, call: str, what: str, value: object, low: int, high: int) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise errors.Misuse(call, self._title,
                                hint=f"{what} must be a whole number from {low} to {high}, not {value!r}.")

    def _out_of_time(self, call: str, timeout: float, what: str) -> errors.TimedOut:
        return errors.TimedOut(call, self._title, errno.ETIMEDOUT,
                               f"Nobody {what} {within(timeout)}; messages waiting: {self.state()}.")
