"""A time limit for calls that have none of their own, msgrcv(2) and open(2) of a FIFO: an alarm clock interrupts them
(TLPI 23.3)."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Iterator

from .. import errors
from ._object import seconds

__all__ = ["alarm"]

AGAIN = 0.02         # seconds: one alarm could ring just before the call begins to wait, and be lost


@contextlib.contextmanager
def alarm(timeout: float, call: str, object: str, instead: str = "use the _nowait verb") -> Iterator[None]:
    """Inside the block a waiting call is interrupted (EINTR) after `timeout` seconds, and again until it has noticed.

    A process has one such clock (setitimer(2)) and one handler for SIGALRM. Both are put back; if the caller's own
    alarm falls due meanwhile, it rings when the block is left. `instead`: what else the caller can do where an alarm is
    not possible.
    """
    _possible(call, object, instead)
    limit = max(seconds(timeout), AGAIN / 20)
    handler = signal.signal(signal.SIGALRM, lambda *_: None)
    began = time.monotonic()
    theirs, interval = signal.setitimer(signal.ITIMER_REAL, limit, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler if handler is not None else signal.SIG_DFL)
        if theirs:
            signal.setitimer(signal.ITIMER_REAL, max(1e-6, theirs - (time.monotonic() - began)), interval)


def _possible(call: str, object: str, instead: str) -> None:
    hint = "The kernel has no time limit for this wait; an alarm has to interrupt it, and "
    if threading.current_thread() is not threading.main_thread():
        raise errors.Misuse(call, object, hint=hint + "Python allows that in the main thread only. "
                                                      f"Leave timeout= out, or {instead}.")
    if signal.SIGALRM in signal.pthread_sigmask(signal.SIG_BLOCK, ()):
        raise errors.Misuse(call, object, hint=hint + f"SIGALRM is blocked here. Unblock it, or {instead}.")
