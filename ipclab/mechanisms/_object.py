"""What every kernel object of ours has in common, and how the libraries' errors become ours."""

from __future__ import annotations

import errno
import itertools
import os
import time
from collections.abc import Callable, Iterable
from numbers import Real
from typing import Any, ClassVar, Self, TypeVar

from .. import errors
from ..trace import Object

__all__ = ["KernelObject", "explained", "patiently", "raised_here", "seconds", "translated", "within"]

T = TypeVar("T")
FOR_EVER = 1e8                                   # seconds: three years, and each of the calls can count so far
_numbers = itertools.count(1)


class KernelObject:
    """An object in the kernel with a label for people.

    `label` names it in errors, traces and pictures. Without one it gets a made-up label, which `run` replaces by the
    name of the parameter through which a process receives the object.
    """

    family: ClassVar[str] = "object"             # "System V semaphore"; the trace pairs gives and takes by it

    def __init__(self, label: str | None = None):
        self.named = label is not None
        self.label = label if label is not None else f"{self.family.split()[-1]}-{next(_numbers)}"

    def state(self) -> int | None:
        """What the kernel says it holds now: a counter, bytes or messages waiting; None where there is no such number."""
        return None

    def capacity(self) -> int | None:
        """How much it holds at most, in the units of `state`; None: unknown or unbounded."""
        return None

    def may(self, kind: str, *args: Any, **kwargs: Any) -> bool:
        """Would operation `kind` with these arguments go through at once? Asks the real object."""
        return True

    def described(self) -> Object:
        """What a trace says of it: its label, its family, what it holds now and at most."""
        return Object(self.label, self.family, self.state(), self.capacity())

    def parts(self) -> Iterable[Object]:
        """What of it is an object of its own in a trace, as it is now: the cells of an array."""
        return ()

    def remove(self) -> None:
        """Take it out of the kernel, for everybody. Removing twice is no error."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def __repr__(self) -> str:
        return f"<{self.family} {self.label!r}>"


def translated(error: Exception, call: str, object: KernelObject | str, hint: str = "") -> errors.IPCError:
    """Our error for one of os, sysv_ipc or posix_ipc. The last two carry no errno; class or words say which it was."""
    label = f"{object.family} {object.label!r}" if isinstance(object, KernelObject) else object
    if type(error) is OSError and error.errno is None:
        error = OSError(_limit_in(str(error)), str(error))
    elif not isinstance(error, OSError):
        error = OSError(_ERRNO_OF.get(type(error).__name__, errno.EINVAL), str(error))
    return errors.from_os(error, call, label, hint)


def explained(error: Exception, call: str, object: KernelObject | str, hint: str = "") -> Exception:
    """What to raise in an except clause around a library call: our error for the call's own.

    A signal handler may have run meanwhile (PEP 475) and raised; what it raised is handed back as it is.
    """
    if not raised_here(error):
        return error
    ours = translated(error, call, object, hint)
    ours.__cause__ = error
    return ours


def raised_here(error: Exception) -> bool:
    """Did a call in one of this folder's files raise it, rather than a signal handler's code?"""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return trace is None or os.path.dirname(trace.tb_frame.f_code.co_filename) == os.path.dirname(__file__)


_ERRNO_OF = {
    "BusyError": errno.EAGAIN, "ExistentialError": errno.ENOENT, "PermissionsError": errno.EACCES,
    "NotAttachedError": errno.EINVAL, "InternalError": errno.EINVAL, "ValueError": errno.EMSGSIZE,
}


def _limit_in(words: str) -> int:
    """Which limit the libraries mean by an OSError without a number: posix_ipc open files, sysv_ipc its objects."""
    if "open" not in words:
        return errno.ENOSPC
    return errno.ENFILE if "system limit" in words else errno.EMFILE


def seconds(timeout: float) -> float:
    """A `timeout=` that the kernel's calls can take: from 0 to FOR_EVER. Raises Misuse for what is no real number."""
    if isinstance(timeout, Real) and timeout == timeout:     # NaN is not itself
        return float(max(0, min(timeout, FOR_EVER)))
    raise errors.Misuse("timeout=", "this call", hint=f"It takes a number of seconds, or None to wait as long as it "
                                                      f"may be; not {timeout!r}.")


def within(timeout: float) -> str:
    """The same in words, for an error."""
    return f"within {seconds(timeout):g} s"


def patiently(attempt: Callable[[float | None], T], timeout: float | None,
              interrupted: Callable[[Exception], bool], late: Callable[[], errors.TimedOut]) -> T:
    """Call `attempt(seconds left)` until it is not interrupted by a signal, as PEP 475 has os and socket do.

    The handler has run by then; if it raised, its exception comes out of here. sysv_ipc and posix_ipc give up instead.
    Raises `late()` when the call itself says that its time is over: with ETIMEDOUT, or EAGAIN as semtimedop(2) does.
    """
    deadline = None if timeout is None else time.monotonic() + seconds(timeout)
    while True:
        try:
            return attempt(None if deadline is None else max(0.0, deadline - time.monotonic()))
        except Exception as error:
            if isinstance(error, (TimeoutError, BlockingIOError)) and raised_here(error):
                raise late() from error
            if not interrupted(error):
                raise
