"""The warm process from which every run of a session is forked: `python -m ipclab.processes.zygote DESCRIPTOR`.

It has one thread and few modules, so a fork of it is cheap and safe, which a fork of a notebook's kernel is not.
Over its socket come requests for a supervisor, one byte each; back goes the caller's end of a line to it. End-of-file
means that the session has ended.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import pkgutil
import select
import signal
import socket
import sys
from typing import NoReturn

from .. import gate
from ..gate import Recorded
from . import _calls, _tree, _wire
from ._supervisor import supervise


class Zygote:
    def __init__(self, line: socket.socket):
        self.line = line
        self.wake, self.waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(self.waker, warn_on_full_buffer=False)
        self.supervisors: set[int] = set()

    def serve(self) -> None:
        """Until the session ends."""
        while True:
            ready, _, _ = select.select([self.line, self.wake], [], [])
            if self.wake in ready:
                os.read(self.wake, 1000)
                self._reap()
            if self.line in ready:
                if not self.line.recv(1):
                    return
                self._fork()

    def _fork(self) -> None:
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            self._become_supervisor(ours, theirs)
        self.supervisors.add(pid)
        with ours, theirs:
            _wire.send_descriptors(self.line, [ours.fileno()])

    def _become_supervisor(self, ours: socket.socket, theirs: socket.socket) -> NoReturn:
        code = 1
        with contextlib.suppress(BaseException):
            signal.set_wakeup_fd(-1)
            for each in (self.wake, self.waker):
                os.close(each)
            self.line.close()
            ours.close()
            supervise(theirs)
            code = 0
        os._exit(code)

    def _reap(self) -> None:
        """A supervisor that failed leaves its processes to us: nobody else would end them."""
        self._take_statuses()
        for orphan in _tree.children(os.getpid()) - self.supervisors:
            for pid in {orphan} | _tree.freeze(orphan, self._take_statuses):
                _tree.signal_to(pid, signal.SIGKILL)

    def _take_statuses(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                self.supervisors.discard(ended[0])


def _prepare() -> None:
    """Signals as a fresh Python has them, then blocked: one meant for a process's parent must not end a supervisor."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals() - {signal.SIGCHLD})
    _calls.call_oneself("ipclab-zygote")
    _calls.adopt_orphans()                                 # of a supervisor that was killed
    from .. import mechanisms
    for module in pkgutil.iter_modules(mechanisms.__path__):
        with contextlib.suppress(Exception):               # it will say what is wrong where it is used
            importlib.import_module(f"{mechanisms.__name__}.{module.name}")
    gate.close(Recorded("", lambda _: None))               # most children record: their methods are swapped here, once
    gc.collect()
    gc.disable()
    gc.freeze()                                            # a collection in a child would copy every page


if __name__ == "__main__":
    _prepare()
    Zygote(socket.socket(fileno=int(sys.argv[1]))).serve()
