"""What one process of a run does, from the moment it is forked to its end."""

from __future__ import annotations

import _signal
import atexit
import contextlib
import fcntl
import gc
import json
import linecache
import os
import pickle
import signal
import socket
import sys
import threading
import traceback
import types
from collections.abc import Sequence
from dataclasses import asdict, astuple, replace
from typing import Any, NoReturn

import cloudpickle

from .. import gate
from ..gate import Recorded, Request
from ..mechanisms import _handover as handover
from ..trace import Event, Object
from . import _calls, _rehearsal, _streams, _wire

__all__ = ["GO", "begin"]

GO = b"g"

LARGEST_VALUE = 16 << 20             # bytes, pickled
LONGEST_TEXT = 100_000               # characters of a traceback
_PACKET = 60_000                     # bytes: well below what a seqpacket socket takes at once
_HIGH = 500                          # our own descriptors live from here, so that the reader's first pipe is 3 and 4


def begin(line: socket.socket, report: socket.socket, writers: Sequence[socket.socket]) -> NoReturn:
    """Wait for a task on `line`, do it, `report`, and end. Never returns: it must not go on as a second supervisor."""
    code = 70                                              # EX_SOFTWARE: a defect of ours
    try:
        lines = _become_ordinary(line, report, writers)
        _Life(_rehearsal.Nobody(), _rehearsal.Nobody()).rehearse()
        code = _Life(*lines).live()
    except EOFError:
        code = 0                                           # not needed
    except BaseException:
        with contextlib.suppress(BaseException):
            os.write(2, traceback.format_exc().encode())
    os._exit(code)


def _become_ordinary(line: socket.socket, report: socket.socket,
                     writers: Sequence[socket.socket]) -> tuple[socket.socket, socket.socket]:
    """Only standard output, which is seen, and the two lines to the supervisor; signals as in any Python process."""
    for number, writer in enumerate(writers, start=1):
        os.dup2(writer.fileno(), number)
    high = [fcntl.fcntl(s.fileno(), fcntl.F_DUPFD_CLOEXEC, _HIGH) for s in (line, report)]
    os.closerange(3, _HIGH)
    os.closerange(max(high) + 1, os.sysconf("SC_OPEN_MAX"))
    _streams.install()
    sys.modules["__main__"] = types.ModuleType("__main__")
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _signal.pthread_sigmask(signal.SIG_SETMASK, [])        # `signal` would make an enum of each of the 60 it unblocks
    gc.enable()
    return socket.socket(fileno=high[0]), socket.socket(fileno=high[1])


def _enter(setting: dict) -> None:
    """The caller's folder and environment, as far as they are not the zygote's."""
    for name in setting["unset"]:
        os.environ.pop(name, None)
    os.environ.update(setting["environ"])
    with contextlib.suppress(OSError):                     # the folder may have been removed meanwhile
        os.chdir(setting["folder"])
    os.umask(setting["umask"])


class _Life:
    """A process from its task to its end."""

    def __init__(self, line: socket.socket, report: socket.socket):
        self.line, self.report, self.pid, self.forks, self.name = line, report, os.getpid(), 0, ""

    def rehearse(self) -> None:
        """Once for nothing, while nobody waits for it."""
        self.setting = _rehearsal.SETTING
        _enter(self.setting)
        self._call(_rehearsal.TASK, [])

    def live(self) -> int:
        os.register_at_fork(before=self._before_fork, after_in_child=self._in_fork)
        spec, self.setting = _wire.receive(self.line)
        descriptors = _wire.receive_descriptors(self.line, spec["descriptors"])
        self.name = spec["name"]
        _calls.call_oneself(self.name)
        _enter(self.setting)
        if "argv" in spec:
            self._wait_for_the_others()
            os.execv(spec["argv"][0], spec["argv"])
        sys.path[:], sys.argv = self.setting["path"], [self.name]
        for file, text in self.setting["sources"].items():
            linecache.cache[file] = (len(text), None, text.splitlines(True), file)
        return self._ended(lambda: self._call(spec["pickle"], descriptors))

    def _wait_for_the_others(self) -> None:
        """Until all processes of the run have been forked and are in its process group."""
        if self.line.recv(1) != GO:
            raise EOFError
        self.line.close()

    def _call(self, packed: bytes, descriptors: list[int]) -> None:
        with handover.unpacking(descriptors):
            function, args, kwargs, factory = pickle.loads(packed)
        self._wait_for_the_others()
        if factory is not None:
            gate.close(factory(self.name, self._event))
        elif self.setting["record"]:
            gate.close(_Recording(self.name, self._event, self._object))
        else:
            gate.open()
        self._value(function(*args, **kwargs))

    def _ended(self, call) -> int:
        """The exit code that the interpreter itself would end with."""
        try:
            call()
            code = 0
        except SystemExit as error:
            code = _exit_code(error)
        except BaseException as error:
            self._failed(error)
            code = 1
            if isinstance(error, KeyboardInterrupt):
                _die_of_interrupt()
        _leave()
        return code

    def _failed(self, error: BaseException) -> None:
        text = "".join(traceback.format_exception(type(error), error, _without_us(error.__traceback__)))[-LONGEST_TEXT:]
        if os.getpid() != self.pid:                        # a process that the function forked: as Python does
            os.write(2, text.encode(errors="backslashreplace"))
        else:
            self._send(b"R", {"error": _described(error), "traceback": text})

    def _value(self, value: Any) -> None:
        if os.getpid() != self.pid or value is None:
            return
        try:
            packed = cloudpickle.dumps(value)
        except Exception as error:
            return self._send(b"R", {"unsent": f"{type(value).__name__} ({error})"})
        if len(packed) > LARGEST_VALUE:
            return self._send(b"R", {"unsent": f"{type(value).__name__} of {len(packed)} bytes"})
        for i in range(0, len(packed), _PACKET):
            self.report.send(b"V" + packed[i:i + _PACKET])

    def _send(self, kind: bytes, data: dict) -> None:
        text = json.dumps(data)
        while len(text) > _PACKET:                         # the end of a traceback says more than its beginning
            longest = max(data, key=lambda name: len(data[name]))
            data = data | {longest: data[longest][len(data[longest]) // 2:]}
            text = json.dumps(data)
        self.report.send(kind + text.encode())

    def _event(self, event: Event) -> None:
        if event.index <= self.setting["most_events"]:     # the one too many tells the supervisor that it was cut
            key = f"{event.process}\0{event.index}\0".encode()
            self.report.send(b"E" + key + json.dumps(astuple(event)).encode())

    def _object(self, object: Object) -> None:
        self.report.send(b"O" + json.dumps(asdict(object)).encode())

    def _before_fork(self) -> None:
        self.forks += 1

    def _in_fork(self) -> None:
        """A process that the function forks is a lane of its own: producer.1, producer.2, producer.1.1."""
        self.name, self.forks = f"{self.name}.{self.forks}", 0
        self.report.send(b"F" + json.dumps([os.getpid(), self.name]).encode())
        if isinstance(current := gate.current(), Recorded):
            current.process, current.count = self.name, 0


class _Recording(Recorded):
    """Also describes each object when it is first met: a process may make objects that its starter never saw."""

    def __init__(self, process: str, sink, describe):
        super().__init__(process, sink)
        self.describe, self.known = describe, set()

    def begin(self, request: Request) -> Event:
        event = super().begin(request)
        if event.object not in self.known and hasattr(request.target, "described"):
            self.known.add(event.object)
            self.describe(_as_named(event.object, request.target.described()))
        return event


def _as_named(label: str, object: Object) -> Object:
    """An operation on a part (a cell of shared memory) has a label of its own and no value of the whole."""
    return object if object.label == label else replace(object, label=label, value=None)


def _described(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")[:2000]


def _without_us(tb: types.TracebackType | None) -> types.TracebackType | None:
    """From the first frame of the reader's; all of it if the error is in getting there."""
    inner = tb
    while inner is not None and inner.tb_frame.f_code.co_filename == __file__:
        inner = inner.tb_next
    return inner or tb


def _exit_code(error: SystemExit) -> int:
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return error.code & 0xFF
    print(error.code, file=sys.stderr)
    return 1


def _die_of_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    os.kill(os.getpid(), signal.SIGINT)


def _leave() -> None:
    """What the interpreter does at its end: wait for threads, run exit functions, flush."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()                                # which prints errors and goes on
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
