"""Signals: software interrupts by which a process is told that something happened. They carry a number and no data.

A process **catches** a signal with a handler, **ignores** it, or leaves it to its **default** action, which for most
signals is the end of the process. A **blocked** signal stays pending until it is unblocked or waited for.
Book: chapter Signals. Manual: signal(7), kill(2), sigaction(2), sigprocmask(2), sigtimedwait(2), sigqueue(3).
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

from .. import errors, gate
from ..gate import operation
from . import _sigqueue
from ._dispositions import Former, noted
from ._object import KernelObject, explained, seconds, within
from ._signal_names import name_of, number_of

__all__ = ["Signal", "all_pending", "mask", "name_of", "wakeup_fd"]

UNSTOPPABLE = {signal.SIGKILL, signal.SIGSTOP}


class _Thread(threading.local):
    """What is known of the calling thread, so that a wait need not ask the kernel each time."""

    def __init__(self):
        self.found_blocked: set[int] = set()


_thread = _Thread()


class Signal(KernelObject):
    """A signal by its name or number: `Signal("USR1")`, `Signal("SIGRTMIN+1")`, `Signal(signal.SIGUSR1)`.

    It stands for the number alone: dispositions, the mask and what is pending belong to each process, and these methods
    speak for the process that calls them.
    """

    family = "signal"

    def __init__(self, which: str | int):
        self.number = number_of(which)
        self._alone = (self.number,)
        super().__init__(name_of(self.number))

    # --- sending ---

    @operation("give", blocks=False)
    def send(self, pid: int, /) -> None:
        """Send it to process `pid`, or with a negative number to process group `-pid`; kill(2). Never blocks.

        Several of the same kind that meet while the receiver has them blocked become one. Raises NotFound if there is
        no such process, NotPermitted if it is another user's.
        """
        try:
            if -1 <= pid <= 0:
                raise self._too_many("send", pid)
            os.kill(pid, self.number)
        except (OSError, TypeError, OverflowError) as error:
            raise self._unsent("send", pid, error)

    @operation("give", blocks=False)
    def queue(self, pid: int, value: int, /) -> None:
        """Send it to process `pid` together with the number `value` (a C int); sigqueue(3). Never blocks.

        Real-time signals (SIGRTMIN to SIGRTMAX) are queued: each one arrives, in order. `wait_value` returns `value`.
        """
        if not (isinstance(pid, int) and isinstance(value, int) and -2**31 <= value < 2**31):
            raise errors.Misuse("queue", self._named, hint=f"It takes a pid and a C int, not {pid!r} and {value!r}.")
        if pid <= 0:
            raise self._too_many("queue", pid)
        failed = _sigqueue.queue(pid, self.number, value)
        if failed:
            raise self._unsent("queue", pid, OSError(failed, os.strerror(failed)))

    @operation("give", blocks=False, argument=lambda self: os.getpid())
    def raise_(self) -> None:
        """Send it to the calling thread; raise(3). Unless it is blocked, it is delivered before this returns."""
        signal.raise_signal(self.number)

    # --- receiving: what happens when it arrives ---

    @operation(blocks=False, result=lambda self, args, result: None)
    def catch(self, handler: Callable[[int, Any], object], /) -> Former:
        """From now on let `handler(signum, frame)` run when it arrives; sigaction(2). Never blocks.

        `with USR1.catch(handler):` puts the former disposition back at the end of the block. Python runs handlers in
        the main thread, between two bytecodes, and (unlike C) lets the same signal interrupt its own handler.
        """
        if not callable(handler):
            raise errors.Misuse("catch", self._named, hint=f"Give a function handler(signum, frame), not {handler!r}.")
        return self._dispose("catch", noted(self.label, handler))

    @operation(blocks=False, result=lambda self, args, result: None)
    def ignore(self) -> Former:
        """From now on let it have no effect; an ignored signal stays ignored after exec. Also for a with block."""
        return self._dispose("ignore", signal.SIG_IGN)

    @operation(blocks=False, result=lambda self, args, result: None)
    def default(self) -> Former:
        """From now on let it do what signal(7) lists for it: end, stop, continue, or nothing. Also for a with block."""
        return self._dispose("default", signal.SIG_DFL)

    @operation(blocks=False)
    def restore(self, former: Any, /) -> None:
        """Put back the disposition that `catch`, `ignore` or `default` replaced; None, one not set by Python, stays."""
        if former is not None:
            self._dispose("restore", former)

    @property
    def disposition(self) -> str:
        """"caught", "ignored", "default", or "not set by Python"."""
        now = signal.getsignal(self.number)
        return _DISPOSITIONS.get(now, "caught")

    @property
    def handler(self) -> Callable | None:
        """The function that `catch` installed, or None if it is not caught."""
        now = signal.getsignal(self.number)
        return getattr(now, "__wrapped__", now) if self.disposition == "caught" else None

    # --- receiving: the mask, and waiting ---

    @operation(blocks=False)
    def block(self) -> None:
        """Hold it back from the calling thread: it stays pending until `unblock` or `wait`; pthread_sigmask(3)."""
        self._stoppable("block")
        signal.pthread_sigmask(signal.SIG_BLOCK, self._alone)

    @operation(blocks=False)
    def unblock(self) -> None:
        """Let it through again. If it was pending, it is delivered, and its handler has run, before this returns."""
        self._stoppable("unblock")
        _thread.found_blocked.discard(self.number)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, self._alone)

    @contextlib.contextmanager
    def blocked(self) -> Iterator[None]:
        """`with USR1.blocked():` blocks it for the block and then puts back what was before."""
        before = self.is_blocked
        self.block()
        try:
            yield
        finally:
            if not before:
                self.unblock()

    @property
    def is_blocked(self) -> bool:
        """True if the calling thread holds it back now."""
        return self.number in signal.pthread_sigmask(signal.SIG_BLOCK, ())

    @property
    def pending(self) -> bool:
        """True if it was sent to this process or thread and waits because it is blocked; sigpending(2)."""
        return self.number in signal.sigpending()

    @operation("take", result=lambda self, args, result: os.getpid())
    def wait(self, timeout: float | None = None) -> signal.struct_siginfo:
        """Wait until it is pending, and take it without running a handler; sigtimedwait(2). Blocks.

        Returns who sent it and why (`.si_pid`, `.si_uid`, `.si_code`). Block the signal first, before anybody can send
        it: else its disposition takes it, and that is why a signal not blocked is a Misuse here. The kernel is
        asked whether it is blocked when a thread first waits for it, and again after `unblock`; in a run that is
        recorded or explored, each time. Raises TimedOut after `timeout` seconds. Handlers of other signals run
        meanwhile.
        """
        if timeout is None and self.number in _thread.found_blocked and gate.current() is None:
            return signal.sigwaitinfo(self._alone)
        return signal.sigtimedwait(self._alone, 0) or self._wait(timeout)

    @operation("take", blocks=False, result=lambda self, args, result: os.getpid())
    def wait_nowait(self) -> signal.struct_siginfo:
        """Take it if it is pending, else raise WouldBlock; never waits."""
        arrived = signal.sigtimedwait(self._alone, 0)
        if arrived is None:
            raise errors.WouldBlock("wait_nowait", self._named, errno.EAGAIN, _NOT_YET)
        return arrived

    @operation("take", result=lambda self, args, result: os.getpid())
    def wait_value(self, timeout: float | None = None) -> int:
        """Like `wait`, but returns the number that `queue` sent along (0 if `send` sent it)."""
        self._must_be_blocked("wait_value")
        value = _sigqueue.wait(self.number, timeout)
        if value is None:
            raise self._timed_out("wait_value", timeout)
        return value

    @operation("take", blocks=False, result=lambda self, args, result: os.getpid())
    def wait_value_nowait(self) -> int:
        """Like `wait_nowait`, but returns the number that `queue` sent along."""
        value = _sigqueue.wait(self.number, 0)
        if value is None:
            raise errors.WouldBlock("wait_value_nowait", self._named, errno.EAGAIN, _NOT_YET)
        return value

    def may(self, kind: str, *args: Any, **kwargs: Any) -> bool:
        return kind not in ("wait", "wait_value") or self.pending

    def __getstate__(self) -> dict:
        return {"number": self.number}

    def __setstate__(self, state: dict) -> None:
        self.__init__(state["number"])

    # --- how it is done, and what is said when it fails ---

    @property
    def _named(self) -> str:
        return f"signal {self.label!r}"

    def _dispose(self, call: str, disposition: Any) -> Former:
        self._stoppable(call)
        if threading.current_thread() is not threading.main_thread():
            raise errors.Misuse(call, self._named, hint="Python handles signals in the main thread; call it there, or "
                                "block the signal and let this thread wait() for it.")
        return Former(self, signal.signal(self.number, disposition))

    def _wait(self, timeout: float | None) -> signal.struct_siginfo:
        self._must_be_blocked("wait")
        if timeout is None:
            return signal.sigwaitinfo(self._alone)
        arrived = signal.sigtimedwait(self._alone, seconds(timeout))
        if arrived is None:
            raise self._timed_out("wait", timeout)
        return arrived

    def _must_be_blocked(self, call: str) -> None:
        self._stoppable(call)
        if not self.is_blocked:
            raise errors.Misuse(call, self._named, hint="It is not blocked, so its handler or default action would "
                                "take it. Call block() before anybody can send it (before the fork).")
        _thread.found_blocked.add(self.number)

    def _stoppable(self, call: str) -> None:
        if self.number in UNSTOPPABLE:
            raise errors.Misuse(call, self._named, errno.EINVAL,
                                "Nobody can catch, ignore, block or wait for it: the kernel acts on it alone.")

    def _timed_out(self, call: str, timeout: float) -> errors.TimedOut:
        return errors.TimedOut(call, self._named, errno.EAGAIN, f"Nobody sent it to this process {within(timeout)}.")

    def _too_many(self, call: str, pid: int) -> errors.Misuse:
        whom = {0: "your own process group, which may be the whole notebook", -1: "every process you may signal"}
        return errors.Misuse(call, self._named,
                             hint=f"{pid} would mean {whom.get(pid, 'a process group')}; name one process by its pid.")

    def _unsent(self, call: str, pid: object, error: Exception) -> Exception:
        if not isinstance(error, OSError) and not error.__traceback__.tb_next:
            return errors.Misuse(call, self._named, hint=f"Not what {call} takes: {error}.")
        return explained(error, call, self, _UNSENT.get(getattr(error, "errno", None), "").format(pid=pid))


_DISPOSITIONS = {signal.SIG_IGN: "ignored", signal.SIG_DFL: "default", None: "not set by Python"}
_NOT_YET = "It is not pending; nobody sent it yet."
_UNSENT = {
    errno.ESRCH: "There is no process {pid}: it has ended and been waited for, or the number is wrong.",
    errno.EPERM: "Process {pid} belongs to another user; only the same user, or root, may signal it.",
    errno.EAGAIN: "Too many queued signals are pending already (RLIMIT_SIGPENDING); let the receiver take some.",
}


def mask() -> set[str]:
    """The names of the signals that the calling thread blocks now."""
    return {name_of(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, ())}


def all_pending() -> set[str]:
    """The names of the signals that were sent and wait because they are blocked; sigpending(2)."""
    return {name_of(number) for number in signal.sigpending()}


@contextlib.contextmanager
def wakeup_fd() -> Iterator[int]:
    """A descriptor to read from: one byte, the number, for each signal that arrives and has a Python handler.

    The self-pipe trick: a loop that waits with select or poll waits for signals too, and none is lost between a check
    and the wait. Main thread only. A full pipe drops bytes, and a forked child writes into the same pipe.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)                     # the C handler must never wait
    try:
        former = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    except ValueError as error:
        os.close(reading), os.close(writing)
        raise errors.Misuse("set_wakeup_fd", "this thread", hint="Only the main thread may; call it there.") from error
    try:
        yield reading
    finally:
        signal.set_wakeup_fd(former)
        os.close(reading), os.close(writing)
