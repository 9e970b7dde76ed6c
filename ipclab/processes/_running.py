"""Start functions and programs as real processes, and wait for what comes of them."""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from .. import errors
from ..errors import RunError
from ..mechanisms import _handover as handover
from ..mechanisms import ledger, leftovers
from ..mechanisms._object import KernelObject
from ..trace import Event, Object, Trace
from . import _session, _wire
from ._results import Outcome, Printed, ProgramRun, Run
from ._specs import GateFactory, Packed, Spec, as_specs, pack

__all__ = ["Running", "program", "run", "start"]

MOST_EVENTS = 100_000                # kept of one run
GRACE = 10.0                         # seconds beyond the deadline until a silent supervisor is given up


def run(*processes: Spec | Callable, deadline: float = 10.0, record: bool = True,
        hold: GateFactory | None = None) -> Run:
    """Run functions as real processes, all at the same time, and return what happened when the last has ended.

    Each is a bare function or `process(function, …)`; functions may be defined in a notebook cell or anywhere else,
    with closures, globals and helpers, which are copied as fork(2) would copy them. Kernel objects among the arguments
    are shared. Ends of pipes and sockets *move*: afterwards only the new processes hold them.

    Blocks for at most `deadline` seconds; then the processes and all that they started are killed, and the result says
    so. Ctrl-C does the same. Processes that a function started itself are waited for, too.
    `record`: keep each operation on a kernel object for the trace; without it they are plain calls.
    `hold`: makes the gate of every process, as `Spec.gate` does for one.

    Raises Misuse for what cannot be started, RunError if the supervisor was lost. A process that fails is no error:
    look at its outcome. Manual: fork(2), wait(2), exit(3); book: chapter Processes.
    """
    with start(*processes, deadline=deadline, record=record, hold=hold) as running:
        return running.wait()


def start(*processes: Spec | Callable, deadline: float = 10.0, record: bool = True,
          hold: GateFactory | None = None) -> Running:
    """As `run`, but return at once, with the processes running; `wait()` for what comes of them.

    Leaving a with block ends them: `with start(producer, consumer) as running: …`.
    """
    specs = as_specs(processes)
    if hold is not None:
        specs = [replace(spec, gate=spec.gate or hold) for spec in specs]
    packed = pack(specs)
    objects, parts = _described(packed)
    sources = {file: text for each in packed for file, text in each.sources.items()}
    messages = [{"name": p.name, "pickle": p.pickle, "descriptors": len(p.parcel.descriptors)} for p in packed]
    return Running(messages, {"record": record, "sources": sources}, deadline, packed, objects, parts)


def program(source: str, *, args: tuple[str, ...] = (), deadline: float = 10.0,
            name: str = "program.py") -> ProgramRun:
    """Run text as a Python program of its own, as `python -u NAME ARGS` would, and return what happened.

    It may fork as it likes: what each of its processes printed is there, in order, with the writer's pid. Its standard
    input is empty. Blocks until it and all that it started have ended, for at most `deadline` seconds.
    """
    if not name or "/" in name:
        raise errors.Misuse("program", repr(name), hint="Give a file name without a folder, such as 'program.py'.")
    with _file(name, source) as path:
        spec = {"name": name, "argv": [sys.executable, "-u", str(path), *map(str, args)], "descriptors": 0}
        modules = os.pathsep.join(filter(None, [_folder(), os.environ.get("PYTHONPATH")]))
        with Running([spec], {"environ": {"PYTHONPATH": modules}}, deadline) as running:
            result = running.wait()
    main = result.processes[0]
    # The folder's name is made up anew each time and says nothing: tracebacks name the file only.
    printed = [Printed(p.process, p.pid, p.stream, p.text.replace(f"{path.parent}/", "")) for p in result.printed]
    return ProgramRun(main.pid, main.status, main.signal, tuple(printed), result.timed_out, result.notes, main.cpu)


@contextlib.contextmanager
def _file(name: str, text: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="ipclab-program-"))
    path = folder / name
    ledger.claim("folder", folder, leftovers.file_proof(folder))
    try:
        path.write_text(text)
        yield path
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        ledger.release("folder", folder)


class Running:
    """Processes that run now, with their `pids` by name. `wait()` returns the Run; `end()` kills what still runs."""

    pids: dict[str, int]

    def __init__(self, specs: list[dict], setting: dict, deadline: float, packed: Sequence[Packed] = (),
                 objects: tuple[Object, ...] = (), parts: tuple[Object, ...] = ()):
        self.deadline, self.objects, self.parts = _checked(deadline), objects, parts
        self._run: Run | None = None
        self._tag = f"{os.getpid()}.{time.monotonic_ns()}"  # by which its processes' ledgers are found
        self._line = _session.new_supervisor()
        try:
            setting = _setting(self._tag, setting)
            self._hand_over({"specs": specs, "setting": setting, "deadline": self.deadline}, packed)
        except (EOFError, OSError) as error:
            self._line.close()
            raise RunError("The processes could not be started: their supervisor ended. Is the limit of processes "
                           "(`ulimit -u`) reached?") from error
        except BaseException:
            self._line.close()
            raise

    def _hand_over(self, request: dict, packed: Sequence[Packed]) -> None:
        moving = any(each.parcel.owners for each in packed)
        _wire.send(self._line, request | {"moving": moving})
        for each in packed:
            _wire.send_descriptors(self._line, each.parcel.descriptors)
        self._supervisor, self.pids = _wire.receive(self._line)
        if moving:
            handover.delivered(each.parcel for each in packed)
            _wire.send(self._line, None)                   # only now do they start, and find our ends closed

    def wait(self) -> Run:
        """Block until the last process has ended or the deadline has passed; the second time return the same.

        Raises RunError if the run was ended before: what it did until then is not kept.
        """
        if self._run is None and self._line.fileno() == -1:
            raise RunError("This run was ended by end(), or by leaving its with block, before wait() was called.")
        if self._run is None:
            try:
                self._run = self._result(self._answer())
            finally:
                self.end()
        return self._run

    def _answer(self) -> dict:
        ready = select.poll()
        ready.register(self._line, select.POLLIN)
        if not ready.poll((self.deadline + GRACE) * 1000):
            os.kill(self._supervisor, signal.SIGKILL)      # stopped by its own process, say; the zygote cleans up
        try:
            return _wire.receive(self._line)
        except (EOFError, OSError):
            raise RunError("The supervisor of this run was killed, so nobody knows how it ended. Did a process send a "
                           "signal to its parent, os.getppid(), or to -1?") from None

    def end(self) -> None:
        """Kill what still runs, and return when nothing of it is left. No error if it has ended."""
        if self._line.fileno() == -1:
            return
        with self._line, contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_WR)            # the supervisor sees end-of-file and kills them
            self._line.settimeout(GRACE)
            while self._line.recv(1 << 16):
                pass
        leftovers.sweep(self._tag)
        _session.warm()                                    # for the next run

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def _result(self, answer: dict) -> Run:
        printed = tuple(Printed(process, pid, stream, text.decode(errors="replace"))
                        for process, pid, stream, text in answer["chunks"])
        outcomes = tuple(_outcome(member, printed) for member in answer["members"])
        trace = _trace([o.name for o in outcomes], self.objects, self.parts, answer)
        return Run(outcomes, trace, printed, answer["timed_out"], tuple(_notes(answer, outcomes, trace, self.deadline)))


def _checked(deadline: float) -> float:
    if isinstance(deadline, (int, float)) and 0 < deadline < math.inf:
        return float(deadline)
    raise errors.Misuse("run", "the deadline", hint=f"Give a number of seconds above 0, not {deadline!r}.")


def _setting(tag: str, special: dict[str, Any]) -> dict[str, Any]:
    """What a process takes over from its caller, as fork(2) would have it."""
    umask = re.search(r"^Umask:\s*(\d+)", Path("/proc/self/status").read_text(), re.MULTILINE)
    environ, unset = _session.environment()
    environ |= {"IPCLAB_RUN": tag} | special.get("environ", {})
    usual = {"folder": _folder(), "path": list(sys.path), "umask": int(umask[1], 8), "most_events": MOST_EVENTS}
    return usual | special | {"environ": environ, "unset": unset}


def _folder() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError:                              # it was removed under us
        return "/"


def _described(packed: list[Packed]) -> tuple[tuple[Object, ...], tuple[Object, ...]]:
    """The kernel objects, and their parts, before anything happens; the two ends of a pipe have one label."""
    found: dict[str, KernelObject] = {}
    for object in (object for each in packed for object in each.objects):
        found.setdefault(object.label, object)
    return tuple(o.described() for o in found.values()), tuple(part for o in found.values() for part in o.parts())


def _outcome(member: list, printed: tuple[Printed, ...]) -> Outcome:
    name, pid, wait_status, cpu, result, value, blocked_in = member
    output = "".join(p.text for p in printed if p.process == name or p.process.startswith(f"{name}."))
    return Outcome(name, pid, *_ending(wait_status), result.get("error", ""), result.get("traceback", ""), output, cpu,
                   blocked_in, value)


def _ending(wait_status: int) -> tuple[int | None, str | None]:
    code = os.waitstatus_to_exitcode(wait_status)
    if code >= 0:
        return code, None
    try:
        return None, signal.Signals(-code).name
    except ValueError:
        return None, f"signal {-code}"                     # a real-time signal without a name of its own


def _trace(names: list[str], objects: tuple[Object, ...], parts: tuple[Object, ...], answer: dict) -> Trace:
    events = [Event(*json.loads(text)) for text in answer["events"]]
    events.sort(key=lambda e: (e.end is None, e.end or e.start, e.process, e.index))
    forked = sorted({e.process for e in events} - set(names))
    touched = {e.object for e in events}
    objects += tuple(part for part in parts if part.label in touched)
    known = {o.label for o in objects}
    met = tuple(Object(**o) for o in answer["objects"] if o["label"] not in known)
    return Trace((*names, *forked), objects + met, tuple(events), tuple(n for n in answer["notes"] if "trace" in n))


def _notes(answer: dict, outcomes: tuple[Outcome, ...], trace: Trace, deadline: float) -> Iterator[str]:
    yield from answer["notes"]
    for outcome, member in zip(outcomes, answer["members"], strict=True):
        if unsent := member[4].get("unsent"):
            yield f"the value that {outcome.name!r} returned cannot be sent back: {unsent}"
    if answer["timed_out"]:
        yield f"ended at its deadline of {deadline:g} s"
        for event in (e for e in trace if e.end is None):
            yield f"{event.process!r} was still in {event.kind} on {event.object!r}"
