"""The warm process from which every run of a session is forked: `python -m ipclab.processes.zygote DESCRIPTOR`.

It has one thread and few modules, so a fork of it is cheap and safe, which a fork of a notebook's kernel is not.
Over its socket come the sockets of runs; each gets a supervisor. End-of-file there means that the session has ended.
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

from . import _calls, _tree
from ._supervisor import supervise


def main(line: socket.socket) -> None:
    _prepare()
    wake, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    supervisors: set[int] = set()
    while True:
        ready, _, _ = select.select([line, wake], [], [])
        if wake in ready:
            os.read(wake, 1000)
            _reap(supervisors)
        if line in ready:
            data, descriptors, _, _ = socket.recv_fds(line, 1, 1)
            if not data:
                return
            supervisors.add(_fork_supervisor(line, descriptors[0], [wake, waker]))


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
    _calls.adopt_orphans()                                 # of a supervisor that was killed
    from .. import mechanisms
    for module in pkgutil.iter_modules(mechanisms.__path__):
        importlib.import_module(f"{mechanisms.__name__}.{module.name}")
    gc.collect()
    gc.disable()
    gc.freeze()                                            # a collection in a child would copy every page


def _fork_supervisor(line: socket.socket, descriptor: int, ours: list[int]) -> int:
    pid = os.fork()
    if pid == 0:
        code = 1
        with contextlib.suppress(BaseException):
            signal.set_wakeup_fd(-1)
            line.close()
            for each in ours:
                os.close(each)
            supervise(socket.socket(fileno=descriptor))
            code = 0
        os._exit(code)
    os.close(descriptor)
    return pid


def _reap(supervisors: set[int]) -> None:
    """A supervisor that failed leaves its processes to us: nobody else would end them."""
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            supervisors.discard(ended[0])
    for orphan in _tree.children(os.getpid()) - supervisors:
        for pid in {orphan} | _tree.freeze(orphan):
            _tree.signal_to(pid, signal.SIGKILL)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
