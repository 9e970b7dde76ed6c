"""POSIX message queues; `message_queues` is the door to them."""

from __future__ import annotations

import contextlib
import errno
import signal
from typing import Any

import posix_ipc

from .. import errors
from ..gate import operation
from . import _syscalls as syscalls
from . import ledger
from ._object import explained, patiently, raised_here, translated
from ._queues import Queue, said
from ._systemv import interrupted

try:
    from ._mq import receive as wait             # in C; setup.sh builds it where there is a compiler
except ImportError:
    from ._syscalls import mq_wait as wait

__all__ = ["PosixQueue"]

ERRORS = (OSError, posix_ipc.Error)


class PosixQueue(Queue):
    """A POSIX message queue for `max_messages` messages of at most `max_size` bytes each.

    The message of the highest priority comes out first, among equals the oldest. The queue is named (it shows in
    /dev/mqueue where that is mounted) and lives until it is removed, or this process ends. Removing it takes the name
    away; who has it open goes on, and waiting processes go on waiting. Larger numbers than those in
    /proc/sys/fs/mqueue need a privilege, and all queues of a user together may hold RLIMIT_MSGQUEUE bytes.
    """

    family = "POSIX message queue"

    def __init__(self, max_messages: int = 10, max_size: int = 8192, *, label: str | None = None, mode: int = 0o600):
        super().__init__(label)
        self._whole("mq_open", "max_messages", max_messages, 1, 2**31 - 1)
        self._whole("mq_open", "max_size", max_size, 1, 2**31 - 1)
        self.name = ledger.drawn_name()
        try:
            with ledger.making("posix mq", self.name):
                made = posix_ipc.MessageQueue(self.name, posix_ipc.O_CREX, mode=mode, max_messages=max_messages,
                                              max_message_size=max_size)
        except (ValueError, MemoryError, *ERRORS) as error:
            raise self._not_made(error, max_messages, max_size)
        try:
            self._use(made)
        except ERRORS as error:
            self.remove()
            raise translated(error, "mq_open", self) from error

    def _not_made(self, error: Exception, max_messages: int, max_size: int) -> Exception:
        if isinstance(error, posix_ipc.PermissionsError) or not raised_here(error):
            return explained(error, "mq_open", self)
        number = errno.EINVAL if isinstance(error, ValueError) else errno.EMFILE
        ours = errors.LimitReached("mq_open", self._title, number,
                                   f"No queue for {max_messages} messages of {max_size} bytes: /proc/sys/fs/mqueue has "
                                   "the limits of one, `ulimit -q` that of all of a user's, `ulimit -n` that of open "
                                   "files. Ask for less, or remove other queues.")
        ours.__cause__ = error
        return ours

    def _use(self, patient: posix_ipc.MessageQueue) -> None:
        # Opened twice, for O_NONBLOCK belongs to what was opened, and forked processes share that.
        self._patient = self._hasty = patient    # if it cannot be opened again, `__del__` closes it
        self._hasty = posix_ipc.MessageQueue(patient.name, posix_ipc.O_NONBLOCK)
        self.name, self.max_messages, self.max_size = patient.name, patient.max_messages, patient.max_message_size
        self._put = self._hasty.send
        self._descriptor = patient.mqd           # to ask `patient` each time is dear

    # send

    @operation("give", argument=said)
    def send(self, message: bytes | str, priority: int = 0, timeout: float | None = None) -> None:
        """Put `message` (text as UTF-8) into the queue with a `priority` from 0 to 32767; mq_send(3).

        Blocks while the queue is full. The message goes in as a whole or not at all. `timeout` is in seconds: raises
        TimedOut when it goes by, with nothing sent. A signal handler may run meanwhile; send then goes on waiting.
        Raises TooBig for a message of more than `max_size` bytes.
        """
        if priority != 0 or message.__class__ is not bytes or len(message) > self.max_size:
            message = self._checked("send", message, priority)
        try:
            self._put(message, None, priority) if priority else self._put(message)       # each argument costs time
        except posix_ipc.BusyError:
            self._wait_for_room(message, priority, timeout)
        except ERRORS as error:
            raise self._failed("send", error) from error

    def _wait_for_room(self, message: bytes, priority: int, timeout: float | None) -> None:
        self._waited("send", "made room", timeout,
                     lambda left: syscalls.mq_send(self._descriptor, message, priority, left))

    @operation("give", blocks=False, argument=said)
    def send_nowait(self, message: bytes | str, priority: int = 0) -> None:
        """Put `message` in if there is room, else raise WouldBlock; never waits (O_NONBLOCK)."""
        message = self._checked("send_nowait", message, priority)
        try:
            self._put(message, None, priority)
        except ERRORS as error:
            raise self._failed("send_nowait", error) from error

    def _checked(self, call: str, message: bytes | str, priority: int) -> bytes:
        if priority != 0:
            self._whole(call, "priority", priority, 0, posix_ipc.QUEUE_PRIORITY_MAX)
        return self._message(call, message, self.max_size)

    # receive

    @operation("take")
    def receive(self, timeout: float | None = None) -> bytes:
        """Take the oldest message of the highest priority out, and return its bytes; mq_receive(3).

        Blocks while there is none. A message goes to one receiver only. `timeout` is in seconds: raises TimedOut when
        it goes by, with nothing taken. A signal handler may run meanwhile; receive then goes on waiting.
        """
        if timeout is None:
            try:
                message = wait(self._descriptor, self.max_size)
            except OSError as error:
                raise self._failed("receive", error) from error
            if message is not None:
                return message                               # else a signal handler has run
        return self._taken("receive", timeout)[0]

    @operation("take", blocks=False)
    def receive_nowait(self) -> bytes:
        """Take a message out as `receive` does, or raise WouldBlock; never waits (O_NONBLOCK)."""
        return self._taken_now("receive_nowait")[0]

    @operation("take", result=lambda self, args, result: result[0])
    def receive_with_priority(self, timeout: float | None = None) -> tuple[bytes, int]:
        """As `receive`, but returns the message and its priority."""
        return self._taken("receive_with_priority", timeout)

    @operation("take", blocks=False, result=lambda self, args, result: result[0])
    def receive_with_priority_nowait(self) -> tuple[bytes, int]:
        """As `receive_nowait`, but returns the message and its priority."""
        return self._taken_now("receive_with_priority_nowait")

    def _taken(self, call: str, timeout: float | None) -> tuple[bytes, int]:
        try:
            return self._hasty.receive()
        except posix_ipc.BusyError:
            return self._waited(call, "sent one", timeout,
                                lambda left: syscalls.mq_receive(self._descriptor, self.max_size, left))
        except ERRORS as error:
            raise self._failed(call, error) from error

    def _taken_now(self, call: str) -> tuple[bytes, int]:
        try:
            return self._hasty.receive()
        except ERRORS as error:
            raise self._failed(call, error) from error

    def _waited(self, call: str, what: str, timeout: float | None, attempt):
        try:
            return patiently(attempt, timeout, interrupted, lambda: self._out_of_time(call, timeout, what))
        except OSError as error:
            raise self._failed(call, error) from error

    def _failed(self, call: str, error: Exception) -> Exception:
        if isinstance(error, posix_ipc.ExistentialError):            # the library's word for a closed descriptor
            error = OSError(errno.EBADF, str(error))
        closed = getattr(error, "errno", None) == errno.EBADF
        return explained(error, call, self, "It was closed in this process." if closed else "")

    # What the kernel says

    def request_notification(self, number: int | None = signal.SIGUSR1) -> None:
        """Have the kernel send this process signal `number` when a message comes into the empty queue; mq_notify(3).

        It happens once and must be asked for again, best before the queue is emptied: a message that comes in between
        is not announced. One process at a time may have asked; another gets AlreadyExists. A receiver that waits
        gets the message without any signal. None takes the request back.
        """
        if number is not None:
            self._whole("mq_notify", "The signal", int(number), 1, signal.NSIG - 1)
        try:
            self._patient.request_notification(None if number is None else int(number))
        except posix_ipc.BusyError as error:
            raise errors.AlreadyExists("mq_notify", self._title, errno.EBUSY,
                                       "A process has asked already, and only one may.") from error
        except ERRORS as error:
            raise self._failed("mq_notify", error) from error

    @property
    def waiting(self) -> int:
        """How many messages wait in it at this moment. By the time you look at it, it may be another number."""
        try:
            return self._patient.current_messages
        except ERRORS as error:
            raise self._failed("mq_getattr", error) from error

    def state(self) -> int | None:
        try:
            return self._patient.current_messages
        except ERRORS:                           # closed here
            return None

    def capacity(self) -> int:
        return self.max_messages

    def may(self, kind: str, *args: Any, **kwargs: Any) -> bool:
        waiting = self.state()
        if kind.endswith("_nowait") or waiting is None:
            return True
        return waiting < self.max_messages if kind == "send" else waiting > 0

    def close(self) -> None:
        """Close it in this process; the name and the other processes' queue stay. Closing twice is no error."""
        self._descriptor = -1
        for queue in (self._patient, self._hasty):
            with contextlib.suppress(*ERRORS):
                queue.close()

    def remove(self) -> None:
        """Unlink the name; processes that have it open, this one too, go on using it."""
        try:
            posix_ipc.unlink_message_queue(self.name)
        except posix_ipc.ExistentialError:
            pass                                             # somebody else was first
        except posix_ipc.Error as error:
            raise explained(error, "mq_unlink", self) from error
        ledger.release("posix mq", self.name)

    def __exit__(self, *_: object) -> None:
        self.remove()
        self.close()

    def __del__(self) -> None:
        # The library's object would leave its descriptor open.
        with contextlib.suppress(AttributeError):
            self.close()

    def __getstate__(self) -> dict:
        state = self.__dict__.copy()
        for private in ("_patient", "_hasty", "_put", "_descriptor"):
            del state[private]
        return state

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state)
        try:
            self._use(posix_ipc.MessageQueue(self.name))
        except ERRORS as error:
            raise translated(error, "mq_open", self, "It was removed before this process could find it.") from error
