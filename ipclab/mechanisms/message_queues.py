"""Message queues: the kernel keeps whole messages for processes that need not know each other.

`send` puts a message in and waits while the queue is full; `receive` takes one out and waits while there is none. Each
message is copied twice: from the sender into the kernel, and from there to the one receiver who gets it.
Book: chapter Message queues. Manual: msgop(2), msgctl(2), mq_overview(7).

- `MessageQueue` is System V: messages have types, and a receiver may choose by type.
- `PosixQueue` is POSIX: messages have priorities, and the highest comes out first.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sysv_ipc

from .. import errors
from ..gate import operation
from . import _syscalls as syscalls
from . import ledger
from ._alarm import alarm
from ._object import explained, patiently, translated
from ._posix_queues import PosixQueue
from ._queues import Queue, encoded, said
from ._systemv import ERRORS, failed, interrupted, made, opened

__all__ = ["ORDERS", "MessageQueue", "PosixQueue"]

ORDERS = ("first-in-first-out", "last-in-first-out")
_LARGEST_TYPE = 2**31 - 1                        # for sysv_ipc
_LAST_MOMENT = 2**63 - 1                         # the kernel's largest type, in nanoseconds


class MessageQueue(Queue):
    """A System V message queue of `max_bytes` bytes; None: as many as the kernel gives, /proc/sys/kernel/msgmnb.

    It lives in the kernel until somebody removes it or the kernel restarts: `remove()`, a with block, or the end of the
    process that made it takes it away. More than msgmnb needs a privilege.

    `order="last-in-first-out"` makes it a stack. The kernel hands out the lowest type first if asked to; so each
    message gets as its type the moment of `send`, counted backwards. Of two sends that overlap in time either may
    count as the later one. Types are used up by that: `type=` must be left out.
    """

    family = "System V message queue"

    def __init__(self, label: str | None = None, max_bytes: int | None = None, *, order: str = ORDERS[0],
                 mode: int = 0o600):
        super().__init__(label)
        if order not in ORDERS:
            raise errors.Misuse("msgget", self._title, hint=f"order is one of: {', '.join(ORDERS)}; not {order!r}.")
        if max_bytes is not None:
            self._whole("msgctl(IPC_SET)", "max_bytes", max_bytes, 1, 2**31 - 1)
        self.order, self._largest = order, _largest_message()
        try:
            queue = made(sysv_ipc.MessageQueue, "sysv msg", mode=mode, max_message_size=self._largest)
        except ERRORS as error:
            raise explained(error, "msgget", self)
        self._use(queue)
        if max_bytes is not None:
            self._limit(max_bytes)
        self.max_bytes = queue.max_size
        self._fits = min(self._largest, self.max_bytes)

    def _use(self, queue: sysv_ipc.MessageQueue) -> None:
        self._queue = queue
        first_in_first_out = self.order == ORDERS[0]
        self._put = queue.send if first_in_first_out else self._push
        self._get = queue.receive if first_in_first_out else self._pop

    def _limit(self, max_bytes: int) -> None:
        try:
            self._queue.max_size = max_bytes
        except ERRORS as error:
            self.remove()
            raise translated(error, "msgctl(IPC_SET)", self, "More bytes than /proc/sys/kernel/msgmnb only root may "
                                                             "give it; ask for fewer.") from error

    # send

    @operation("give", argument=said)
    def send(self, message: bytes | str, type: int = 1, timeout: float | None = None) -> None:
        """Put `message` (text as UTF-8) into the queue, marked with `type`, a number from 1 up.

        Blocks while the queue has no room. The message goes in as a whole or not at all. `timeout` is in seconds:
        raises TimedOut when it goes by, with nothing sent (in the main thread only: an alarm must end the wait, for
        msgsnd(2) has no limit). A signal handler may run meanwhile; send then goes on waiting. Raises Removed if the
        queue is removed while we wait, and TooBig for a message that never fits.
        """
        if type != 1 or message.__class__ is not bytes or len(message) > self._fits:
            message = self._checked("send", message, type)
        if timeout is not None:
            return self._in_time("send", self._put, timeout, "made room", message, type)
        while True:
            try:
                return self._put(message, True, type)
            except ERRORS as error:
                if not interrupted(error):
                    raise failed(error, "send", self) from error
            # The handler has run; as PEP 475 has it, go on waiting.

    @operation("give", blocks=False, argument=said)
    def send_nowait(self, message: bytes | str, type: int = 1) -> None:
        """Put `message` in if there is room, else raise WouldBlock; never waits (IPC_NOWAIT)."""
        if type != 1 or message.__class__ is not bytes or len(message) > self._fits:
            message = self._checked("send_nowait", message, type)
        try:
            self._put(message, False, type)
        except ERRORS as error:
            raise failed(error, "send_nowait", self) from error

    def _checked(self, call: str, message: bytes | str, type: int) -> bytes:
        if type != 1:
            self._whole(call, "type", type, 1, _LARGEST_TYPE)
            if self.order != ORDERS[0]:
                self._untyped(call)
        return self._message(call, message, self._fits)

    def _untyped(self, call: str) -> None:
        raise errors.Misuse(call, self._title, hint="A last-in-first-out queue uses the types for its order; "
                                                    "leave type= out.")

    def _push(self, message: bytes, wait: bool, type: int) -> None:
        flags = 0 if wait else syscalls.IPC_NOWAIT
        syscalls.msgsnd(self.id, _LAST_MOMENT - time.monotonic_ns(), message, flags)

    # receive

    @operation("take")
    def receive(self, type: int = 0, timeout: float | None = None) -> bytes:
        """Take the first message out; `type` chooses which. Returns its bytes.

        `type` 0 means the first of all; above 0, the first of exactly that type; below 0, the first of the lowest
        type that is not above -type, so that -3 asks for 1, then 2, then 3. Blocks while there is none, even if there
        are others. A message goes to one receiver only. `timeout` is in seconds: raises TimedOut when it goes by, with
        nothing taken (in the main thread only, see `send`). A signal handler may run meanwhile; receive then goes on
        waiting. Raises Removed if the queue is removed while we wait. Source: msgop(2).
        """
        if type != 0 or timeout is not None:
            return self._taken("receive", type, timeout)[0]
        while True:
            try:
                return self._get(True, 0)[0]
            except ERRORS as error:
                if not interrupted(error):
                    raise failed(error, "receive", self) from error

    @operation("take", blocks=False)
    def receive_nowait(self, type: int = 0) -> bytes:
        """Take the first message out, chosen as by `receive`, or raise WouldBlock; never waits (IPC_NOWAIT)."""
        return self._taken_now("receive_nowait", type)[0]

    @operation("take", result=lambda self, args, result: result[0])
    def receive_message(self, type: int = 0, timeout: float | None = None) -> tuple[bytes, int]:
        """As `receive`, but returns the message and its type."""
        return self._taken("receive_message", type, timeout)

    @operation("take", blocks=False, result=lambda self, args, result: result[0])
    def receive_message_nowait(self, type: int = 0) -> tuple[bytes, int]:
        """As `receive_nowait`, but returns the message and its type."""
        return self._taken_now("receive_message_nowait", type)

    def _taken(self, call: str, type: int, timeout: float | None) -> tuple[bytes, int]:
        if type != 0:
            self._choice(call, type)
        if timeout is not None:
            return self._in_time(call, self._get, timeout, "sent one", type)
        while True:
            try:
                return self._get(True, type)
            except ERRORS as error:
                if not interrupted(error):
                    raise failed(error, call, self) from error

    def _taken_now(self, call: str, type: int) -> tuple[bytes, int]:
        if type != 0:
            self._choice(call, type)
        try:
            return self._get(False, type)
        except ERRORS as error:
            raise failed(error, call, self) from error

    def _choice(self, call: str, type: int) -> None:
        if type.__class__ is not int or not -_LARGEST_TYPE <= type <= _LARGEST_TYPE:
            self._whole(call, "type", type, -_LARGEST_TYPE, _LARGEST_TYPE)
        if self.order != ORDERS[0]:
            self._untyped(call)

    def _pop(self, wait: bool, type: int) -> tuple[bytes, int]:
        flags = 0 if wait else syscalls.IPC_NOWAIT
        return syscalls.msgrcv(self.id, -_LAST_MOMENT, self._largest, flags)[0], 1

    def _in_time(self, call: str, attempt: Callable, timeout: float, what: str, *arguments: object) -> Any:
        """`attempt(*message, wait, type)`, waiting no longer than `timeout` seconds."""
        *message, type = arguments
        try:
            return attempt(*message, False, type)
        except ERRORS as error:
            ours = failed(error, call, self)
            if not isinstance(ours, errors.WouldBlock):
                raise ours from error

        def once(left: float) -> Any:
            if left == 0:
                raise TimeoutError
            return attempt(*message, True, type)

        try:
            with alarm(timeout, call, self._title, "use the _nowait verb or a PosixQueue"):
                return patiently(once, timeout, interrupted, lambda: self._out_of_time(call, timeout, what))
        except ERRORS as error:
            raise failed(error, call, self) from error

    # What the kernel says

    @property
    def waiting(self) -> int:
        """How many messages wait in it at this moment. By the time you look at it, it may be another number."""
        try:
            return self._queue.current_messages
        except ERRORS as error:
            raise failed(error, "msgctl(IPC_STAT)", self) from error

    @property
    def bytes(self) -> int:
        """How many bytes of messages wait in it at this moment."""
        return int(self._row()[3])

    def _row(self) -> list[str]:
        for line in Path("/proc/sysvipc/msg").read_text().splitlines()[1:]:
            if int(line.split()[1]) == self.id:
                return line.split()
        raise failed(OSError(errno.EINVAL, "removed"), "msgctl(IPC_STAT)", self)

    def listed(self) -> list[tuple[bytes, int]]:
        """The waiting messages and their types in the order of the kernel's list, none of them taken (MSG_COPY)."""
        found: list = []
        try:
            while True:
                found.append(syscalls.msgrcv(self.id, len(found), self._largest,
                                             syscalls.MSG_COPY | syscalls.IPC_NOWAIT))
        except OSError as error:
            if error.errno != errno.ENOMSG:
                raise failed(error, "msgrcv(MSG_COPY)", self) from error
        return found

    @property
    def id(self) -> int:
        """The kernel's number for it, as `ipcs -q` shows it."""
        return self._queue.id

    def state(self) -> int | None:
        try:
            return self._queue.current_messages
        except ERRORS:
            return None

    def may(self, kind: str, *args: Any, **kwargs: Any) -> bool:
        if kind.endswith("_nowait") or self.state() is None:
            return True
        if kind == "send":
            return self.waiting < self.max_bytes and self.bytes + len(encoded(args[0])) <= self.max_bytes
        type = args[0] if args else kwargs.get("type", 0)
        return bool(self.waiting) if type == 0 else any(_chosen(type, of) for _, of in self.listed())

    def remove(self) -> None:
        """Take it out of the kernel at once, with all messages in it; whoever waits gets Removed."""
        try:
            self._queue.remove()
        except sysv_ipc.ExistentialError:
            pass                                             # somebody else was first
        except ERRORS as error:
            raise failed(error, "msgctl(IPC_RMID)", self) from error
        ledger.release("sysv msg", self._queue.key)

    def __getstate__(self) -> dict:
        state = {**self.__dict__, "_queue": (self._queue.key, self.id)}
        del state["_put"], state["_get"]
        return state

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state)
        key, id = state["_queue"]
        self._use(opened(sysv_ipc.MessageQueue, key, id, "msgget", self, max_message_size=self._largest))


def _chosen(wanted: int, type: int) -> bool:
    return type == wanted if wanted > 0 else type <= -wanted


def _largest_message() -> int:
    """Bytes; sysv_ipc would take 2048 by default, whatever the kernel allows."""
    return int(Path("/proc/sys/kernel/msgmax").read_text())
