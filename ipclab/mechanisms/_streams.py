"""The two ends of a byte stream in the kernel, as pipes and FIFOs have them."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
from typing import Any

from .. import errors
from ..gate import operation
from . import _handover as handover
from . import _tee
from ._bytes import CHUNK, bytes_waiting, ready, size_given, slices, turns
from ._object import KernelObject, explained, translated, within

__all__ = ["ReadEnd", "WriteEnd"]


class End(KernelObject):
    """A descriptor of one end of a stream. It is closed by `close()`, at the end of a with block, or when forgotten."""

    def __init__(self, descriptor: int, family: str, label: str):
        self.family = family
        super().__init__(label)
        self._fd, self._unhurried_fd, self._gone = descriptor, -1, "It was closed in this process."

    def fileno(self) -> int:
        """The descriptor's number in this process, for os, select and dup2; -1 when closed."""
        return self._fd

    @property
    def closed(self) -> bool:
        """True once this process's descriptor is closed; other processes may have theirs."""
        return self._fd < 0

    @operation(blocks=False)
    def close(self) -> None:
        """Close this process's descriptor; other processes keep theirs. Closing twice is no error."""
        self._let_go()

    def remove(self) -> None:
        if not self.closed:
            self.close()

    def state(self) -> int | None:
        """Bytes in the kernel's buffer, written and not yet read (FIONREAD)."""
        return None if self.closed else bytes_waiting(self._fd)

    def capacity(self) -> int | None:
        """Bytes that the kernel's buffer holds at most (F_GETPIPE_SZ); it counts whole pages."""
        return None if self.closed else fcntl.fcntl(self._fd, fcntl.F_GETPIPE_SZ)

    def resize(self, capacity: int) -> int:
        """Let the buffer hold `capacity` bytes or a little more: a power of two of pages (F_SETPIPE_SZ). Returns which.

        Raises LimitReached while more is in it, NotPermitted above /proc/sys/fs/pipe-max-size unless root.
        """
        about = f"{self.family} {self.label!r}"
        if not isinstance(capacity, int) or not 0 < capacity < 2**31:       # fcntl would cut off the upper bits
            raise errors.Misuse("F_SETPIPE_SZ", about, hint=f"Give a number of bytes from 1 up, not {capacity!r}.")
        if self.closed:
            raise errors.Closed("F_SETPIPE_SZ", about, errno.EBADF, self._gone)
        try:
            return fcntl.fcntl(self._fd, fcntl.F_SETPIPE_SZ, capacity)
        except OSError as error:
            if error.errno == errno.EBUSY:
                raise errors.LimitReached("F_SETPIPE_SZ", about, error.errno, _TOO_FULL) from error
            raise translated(error, "F_SETPIPE_SZ", self, _HINTS.get(error.errno, "")) from error

    def __getstate__(self) -> dict:
        state = {**self.__dict__, "_unhurried_fd": -1}
        return state if self.closed else {**state, "_fd": None, "_token": handover.send(self._fd, self)}

    def __setstate__(self, state: dict) -> None:
        token = state.pop("_token", None)
        self.__dict__.update(state)
        if token is not None:
            self._fd = handover.receive(token)

    def handed_over(self) -> None:
        """Another process has it now. Ours is closed, or a reader over there would never see the end of file."""
        self._let_go()
        self._gone = "It was handed over to another process, and closed here so that the reader can see the end."

    def _let_go(self) -> None:
        for descriptor in (self._fd, self._unhurried_fd):
            if descriptor >= 0:
                os.close(descriptor)
        self._fd = self._unhurried_fd = -1

    def __del__(self) -> None:
        with contextlib.suppress(OSError, AttributeError, TypeError):
            self._let_go()

    # A second opening of the same stream with O_NONBLOCK. The flag belongs to the open file, which other processes
    # share: set on the first, it would make their calls fail too.
    def _unhurried(self, call: str) -> int:
        if self._unhurried_fd >= 0:
            return self._unhurried_fd
        try:
            if self._fd < 0:
                raise OSError(errno.EBADF, os.strerror(errno.EBADF))
            self._unhurried_fd = os.open(f"/proc/self/fd/{self._fd}", self._flag | os.O_NONBLOCK)
        except OSError as error:
            if error.errno == errno.ENXIO:              # a FIFO that nobody has open for reading any more
                error = BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
            raise self._failed(call, error) from None
        return self._unhurried_fd

    def _failed(self, call: str, error: Exception) -> Exception:
        about, number = f"{self.family} {self.label!r}", getattr(error, "errno", None)
        if error.__traceback__ and error.__traceback__.tb_next:
            return error                                # a signal handler raised it
        if number == errno.EBADF:
            return errors.Closed(call, about, number, self._gone if self.closed else _NOT_FOR_THAT)
        if isinstance(error, (TypeError, ValueError)) or number == errno.EINVAL:
            return errors.Misuse(call, about, number, f"Not what {call} takes: {error}.")
        return explained(error, call, self, _HINTS.get(number, ""))

    def _late(self, call: str, timeout: float, hint: str, moved: int = 0) -> errors.TimedOut:
        error = errors.TimedOut(call, f"{self.family} {self.label!r}", errno.EAGAIN, f"{hint} {within(timeout)}.")
        error.moved = moved
        return error


_NOT_FOR_THAT = "This end is not open for that: a stream is read at one end and written at the other."
_TOO_FULL = "More than that is in it; read some first."
_HINTS = {
    errno.EPERM: "Only root may go above /proc/sys/fs/pipe-max-size.",
    errno.EPIPE: "Nobody can read any more: every reading end is closed. (SIGPIPE would have ended a program that does "
                 "not ignore it; Python does.)",
}


class ReadEnd(End):
    """The end to read from. `b""` is the end of file: the stream is empty and every writing end is closed."""

    _flag = os.O_RDONLY

    @operation("take", size=lambda self, args, result: len(result))
    def read(self, n: int = CHUNK, timeout: float | None = None) -> bytes:
        """Wait until something is there, then take up to `n` bytes of it; read(2). `b""`: the end of file.

        Blocks while the stream is empty and anybody has a writing end. There are no messages: what two writes put in,
        one read may take. Raises TimedOut after `timeout` seconds. Handlers run meanwhile, and it goes on waiting.
        """
        if timeout is not None:
            return self._read_within(n, timeout)
        try:
            return os.read(self._fd, n)
        except (OSError, TypeError, OverflowError) as error:
            raise self._failed("read", error)

    @operation("take", blocks=False, size=lambda self, args, result: len(result))
    def read_nowait(self, n: int = CHUNK) -> bytes:
        """Take what is there, up to `n` bytes, or raise WouldBlock; never waits. `b""`: the end of file."""
        descriptor = self._unhurried_fd
        if descriptor < 0:
            descriptor = self._unhurried("read_nowait")
        try:
            return os.read(descriptor, n)
        except (OSError, TypeError, OverflowError) as error:
            raise self._failed("read_nowait", error)

    def _read_within(self, n: int, timeout: float) -> bytes:
        descriptor = self._unhurried("read")
        for _ in turns(self._fd, select.POLLIN, timeout):
            try:
                return os.read(descriptor, n)
            except BlockingIOError:
                pass
            except (OSError, TypeError, OverflowError) as error:
                raise self._failed("read", error)
        raise self._late("read", timeout, "Nothing was written")

    def read_exactly(self, n: int, timeout: float | None = None) -> bytes:
        """Read on until there are `n` bytes. Raises Closed if the stream ends first; what had come is lost.

        Several reads, so another reader may come in between. `timeout` is for each of them.
        """
        parts, left = [], n
        while left > 0:
            part = self.read(left, timeout)
            if not part:
                raise errors.Closed("read_exactly", f"{self.family} {self.label!r}", None,
                                    f"The stream ended after {n - left} of {n} bytes: every writing end is closed.")
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def read_all(self) -> bytes:
        """Read on until the end of file. It never comes while anybody, perhaps this process, has a writing end."""
        return b"".join(iter(self.read, b""))

    def may(self, kind: str, *args: Any, **kwargs: Any) -> bool:
        return kind != "read" or self.closed or _tee.would_not_wait(self._fd)


class WriteEnd(End):
    """The end to write to."""

    _flag = os.O_WRONLY

    @operation("give", size=size_given, pieces=slices)
    def write(self, data: bytes, timeout: float | None = None) -> None:
        """Put all of `data` in; write(2). Blocks while the buffer is full.

        Up to ATOMIC (PIPE_BUF) bytes go in together, or not yet; of more, parts of other writers' data may come in
        between. Raises Closed when every reading end is closed. Raises TimedOut after `timeout` seconds: up to ATOMIC
        bytes nothing is in then; of more, the first part may be (its size is the error's `moved`).
        """
        if timeout is not None:
            return self._write_within(data, timeout)
        try:
            done = os.write(self._fd, data)
        except (OSError, TypeError, ValueError) as error:
            raise self._failed("write", error)
        if done != len(data):                               # a signal handler ran in the middle
            self._write_rest(data, done)

    @operation("give", blocks=False, size=lambda self, args, result: result)
    def write_nowait(self, data: bytes) -> int:
        """Put in what fits now and return how many bytes that was, or raise WouldBlock; never waits.

        Up to ATOMIC bytes go in all together or not at all.
        """
        descriptor = self._unhurried_fd
        if descriptor < 0:
            descriptor = self._unhurried("write_nowait")
        try:
            return os.write(descriptor, data)
        except (OSError, TypeError, ValueError) as error:
            raise self._failed("write_nowait", error)

    def _write_rest(self, data: bytes, done: int) -> None:
        view = memoryview(data).cast("B")
        try:
            while done < len(view):
                done += os.write(self._fd, view[done:])
        except OSError as error:
            raise self._failed("write", error)

    def _write_within(self, data: bytes, timeout: float) -> None:
        descriptor, done = self._unhurried("write"), 0
        for _ in turns(self._fd, select.POLLOUT, timeout):
            try:
                view = memoryview(data).cast("B")[done:]
                while view:
                    moved = os.write(descriptor, view)
                    done, view = done + moved, view[moved:]
                return
            except BlockingIOError:
                pass
            except (OSError, TypeError, ValueError) as error:
                raise self._failed("write", error)
        raise self._late("write", timeout, f"Nobody read, and {done} of {len(data)} bytes went in", done)

    def may(self, kind: str, *args: Any, **kwargs: Any) -> bool:
        """False is certain. True of a `write` is certain where a page is free or nobody reads; where every page is
        begun it is a hope, for the kernel does not say how much room the last one has."""
        if kind != "write" or self.closed or ready(self._fd, select.POLLOUT):
            return True
        return memoryview(args[0]).nbytes <= self.capacity() - self.state()
