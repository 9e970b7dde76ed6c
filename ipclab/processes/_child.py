"""What one process of a run does, from the moment it is forked to its end."""

from __future__ import annotations

import atexit
import builtins
import contextlib
import fcntl
import gc
import io
import json
import linecache
import os
import pickle
import signal
import sys
import threading
import traceback
import types
from dataclasses import asdict, astuple, dataclass, replace
from typing import Any, NoReturn

import cloudpickle

from .. import gate
from ..gate import Recorded, Request
from ..mechanisms import _handover as handover
from ..trace import Event, Object

__all__ = ["Task", "begin"]

MOST_EVENTS = 100_000
LARGEST_VALUE = 16 << 20             # bytes, pickled
LONGEST_TEXT = 100_000               # characters of a traceback
_PACKET = 60_000                     # bytes: well below what a seqpacket socket takes at once
_HIGH = 500                          # our own descriptors live from here, so that the reader's first pipe is 3 and 4
_WRITE = 1 << 16                     # bytes of one write(2) to standard output


@dataclass(slots=True)
class Task:
    """What the supervisor gives a process at birth."""

    spec: dict                       # as `_running` sent it
    descriptors: list[int]           # those that its arguments hold
    setting: dict
    report: int                      # a seqpacket socket to the supervisor
    go: int                          # end-of-file on it: all processes have been forked
    output: Any


def begin(task: Task) -> NoReturn:
    """Never returns: whatever happens, this process must not go on as a second supervisor."""
    try:
        _become_ordinary(task)
        if "argv" in task.spec:
            _become_program(task)
        code = _Life(task).live()
    except BaseException:
        with contextlib.suppress(BaseException):
            os.write(2, traceback.format_exc().encode())
        code = 70                                          # EX_SOFTWARE: a defect of ours
    os._exit(code)


def _become_ordinary(task: Task) -> None:
    """Only its own descriptors, standard output that is seen, signals as in any Python process."""
    task.output.become_standard()
    _keep_only(task)
    sys.stdout, sys.stderr = _text(1), _text(2)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    gc.enable()


def _keep_only(task: Task) -> None:
    own = [task.report, task.go, *task.descriptors]
    high = [fcntl.fcntl(d, fcntl.F_DUPFD_CLOEXEC, _HIGH) for d in own]
    os.closerange(3, _HIGH)
    os.closerange(max(high) + 1, os.sysconf("SC_OPEN_MAX"))
    task.report, task.go = high[:2]
    task.descriptors = [os.dup(d) for d in high[2:]]       # the lowest free numbers: 3, 4, …
    for descriptor in high[2:]:
        os.close(descriptor)


def _become_program(task: Task) -> NoReturn:
    _wait_for_the_others(task)
    os.execv(task.spec["argv"][0], task.spec["argv"])


def _wait_for_the_others(task: Task) -> None:
    os.read(task.go, 1)
    os.close(task.go)


class _Stream(io.FileIO):
    """Writes at once, in pieces that one datagram takes."""

    def write(self, data) -> int:
        data = memoryview(data).cast("B")
        for i in range(0, len(data), _WRITE):
            super().write(data[i:i + _WRITE])
        return len(data)


def _text(number: int) -> io.TextIOWrapper:
    stream = _Stream(number, "wb", closefd=False)
    stream.name = {1: "<stdout>", 2: "<stderr>"}[number]
    return io.TextIOWrapper(stream, encoding="utf-8", errors="backslashreplace", write_through=True)


_print = builtins.print


def _print_whole(*values: Any, sep: str | None = " ", end: str | None = "\n", file: Any = None,
                 flush: bool = False) -> None:
    """print() with one write(2) a call, so that lines of two processes never mix."""
    text = io.StringIO()
    _print(*values, sep=sep, end=end, file=text)
    file = sys.stdout if file is None else file
    file.write(text.getvalue())
    if flush:
        file.flush()


class _Life:
    """A process that calls a function of the reader's."""

    def __init__(self, task: Task):
        self.task, self.pid = task, os.getpid()
        self.name, self.forks = task.spec["name"], 0

    def live(self) -> int:
        builtins.print = _print_whole
        sys.modules["__main__"] = types.ModuleType("__main__")
        sys.path[:], sys.argv = self.task.setting["path"], [self.name]
        for file, text in self.task.setting["sources"].items():
            linecache.cache[file] = (len(text), None, text.splitlines(True), file)
        os.register_at_fork(before=self._before_fork, after_in_child=self._in_fork)
        return self._ended(self._call)

    def _call(self) -> None:
        with handover.unpacking(self.task.descriptors):
            function, args, kwargs, factory = pickle.loads(self.task.spec["pickle"])
        _wait_for_the_others(self.task)
        if factory is not None:
            gate.close(factory(self.name, self._event))
        elif self.task.setting["record"]:
            gate.close(_Recording(self.name, self._event, self._object))
        value = function(*args, **kwargs)
        gate.open()
        self._value(value)

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
        gate.open()
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
            os.write(self.task.report, b"V" + packed[i:i + _PACKET])

    def _send(self, kind: bytes, data: dict) -> None:
        text = json.dumps(data)
        while len(text) > _PACKET:                         # the end of a traceback says more than its beginning
            data = {k: v[len(v) // 2:] for k, v in data.items()}
            text = json.dumps(data)
        os.write(self.task.report, kind + text.encode())

    def _event(self, event: Event) -> None:
        if event.index < MOST_EVENTS:
            key = f"{event.process}\0{event.index}\0".encode()
            os.write(self.task.report, b"E" + key + json.dumps(astuple(event)).encode())

    def _object(self, object: Object) -> None:
        os.write(self.task.report, b"O" + json.dumps(asdict(object)).encode())

    def _before_fork(self) -> None:
        self.forks += 1

    def _in_fork(self) -> None:
        """A process that the function forks is a lane of its own: producer.1, producer.2, producer.1.1."""
        self.name, self.forks = f"{self.name}.{self.forks}", 0
        os.write(self.task.report, b"F" + json.dumps([os.getpid(), self.name]).encode())
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
    return traceback.format_exception_only(type(error), error)[-1].strip()[:2000]


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
