"""This process's line to its zygote: started when first needed, one for each process that runs others."""

from __future__ import annotations

import atexit
import contextlib
import os
import select
import socket
import subprocess
import sys
import threading
import weakref

from ..errors import RunError
from ..mechanisms import ledger
from . import _wire

__all__ = ["environment", "new_supervisor", "warm"]

_OURS = "IPCLAB_SESSION", "IPCLAB_LEDGERS"    # what the zygote has in its environment beside its caller's

_lock = threading.Lock()
_zygote: subprocess.Popen | None = None
_line: socket.socket | None = None
_asked = False                       # for a supervisor that nobody has taken yet
_environ: dict[str, str] = {}        # the zygote's
_open: weakref.WeakSet[socket.socket] = weakref.WeakSet()


def warm() -> None:
    """Have the next supervisor forked now, ahead of time, because most of a run's cost is in that."""
    with _lock, contextlib.suppress(OSError):
        _ask()


def new_supervisor() -> socket.socket:
    """A line to a fresh supervisor, which ends with all its processes when the line is closed."""
    for _ in range(3):                                     # a zygote or supervisor that somebody has killed is replaced
        with _lock:
            try:
                line = _take()
            except (OSError, EOFError):
                _stop()
                continue
        if _lives(line):
            _open.add(line)
            return line
        line.close()
    raise RunError("The process that starts others cannot be started. To see why, try in a terminal: "
                   f"{sys.executable} -P -m ipclab.processes.zygote 0")


def _take() -> socket.socket:
    global _asked
    _ask()
    descriptor, = _wire.receive_descriptors(_line, 1)
    _asked = False
    return socket.socket(fileno=descriptor)


def _lives(line: socket.socket) -> bool:
    """A supervisor says nothing until it is spoken to; what can be read is its end."""
    ready = select.poll()
    ready.register(line, select.POLLIN)
    return not ready.poll(0)


def _ask() -> None:
    global _asked
    if _line is None:
        _start()
    if not _asked:
        _line.send(b".")
        _asked = True


def environment() -> tuple[dict[str, str], list[str]]:
    """What of this process's environment is not the zygote's, and what the zygote has more."""
    now = dict(os.environ)
    return dict(now.items() - _environ.items()), [*(_environ.keys() - now.keys() - {*_OURS})]


def _start() -> None:
    global _line, _zygote, _environ
    ours, theirs = socket.socketpair()
    _environ = os.environ | dict(zip(_OURS, (ledger.identity(os.getpid()), str(ledger.folder())), strict=True))
    with theirs:
        _zygote = subprocess.Popen(
            # -P: a file named signal.py in the reader's folder must not take the place of the library's.
            [sys.executable, "-P", "-m", "ipclab.processes.zygote", str(theirs.fileno())], pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            # A session of its own, or Ctrl-C in a terminal would reach the processes and not only us.
            start_new_session=True, cwd="/", env=_environ)
    _line = ours


def _stop() -> None:
    global _line, _zygote, _asked
    _asked = False
    if _line is not None:
        _line.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            _zygote.wait(5)
    _line = _zygote = None


def _forget() -> None:
    """In a forked child: the zygote is the parent's. Its lines must not stay open here, or runs would outlive it."""
    global _line, _zygote, _asked, _lock
    for line in [*_open, *filter(None, [_line])]:
        line.close()
    if _zygote is not None:
        _zygote.returncode = 0                             # not ours to wait for
    _line = _zygote = None
    _asked = False
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_forget)
atexit.register(_stop)
