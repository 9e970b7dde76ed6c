"""The side of the signal sweep that runs the user's code: one process, one run, at most two signals.

Each run begins with a fresh arrange(), because a fork copies memory but shares pipes, semaphores and files: what an
earlier run did to them must not be there for the next. What happens is said in lines of JSON on one pipe. The watcher
on the other side believes only that they are JSON.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

from ._tracing import Boundaries, instructions, key_of, places_that_look_for_signals, resumed_before

__all__ = ["LONGEST_REPORT", "Plan", "Run"]

LONGEST_REPORT = 60_000                      # bytes of one line
_MOST_LOOKS = 50_000                         # handlers run by the storm before it gives up on an endless loop
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


@dataclass(frozen=True)
class Plan:
    """What one run is for. Boundaries count from 0; -1 stands for none."""

    list: int = 0                            # say each boundary, up to so many
    first: int = -1                          # take `signal` at this boundary of main()
    second: int = -1                         # and `signal2` at this boundary of its handler
    signal: int = 0
    signal2: int = 0
    storm: str = ""                          # "main" or "handlers": say where the interpreter looks for signals


@dataclass
class Run:
    make: Callable[[], Any]                  # of the scenario: its code runs here and nowhere else
    signals: tuple[int, ...]
    inside: Callable[[Any], bool]
    plan: Plan
    reports: int                             # descriptor: to the watcher
    releases: int                            # descriptor: from the watcher, one byte each time the world shall move

    def __post_init__(self) -> None:
        self.pid, self.count, self.in_handler = os.getpid(), 0, False
        self.before: dict[int, int] = {}
        self.seen: Counter = Counter()
        self.boundaries = Boundaries(self._at_boundary, self.inside)

    def go(self) -> None:
        """Never returns."""
        os.setpgid(0, 0)
        _die_with_parent()
        _be_silent()
        try:
            self.scenario = self.make()
            self.scenario.arrange()
        except BaseException as error:
            self._say(failed=f"arrange() raised {type(error).__name__}: {str(error)[:500]}")
            os._exit(1)
        if self.scenario.release:
            self._say(releaser=self._fork(self._serve_releases))
        self._say(ready=True)
        if self.plan.storm:
            self._storm()
        self._end(self._run_main())

    def _run_main(self) -> BaseException | None:
        try:
            if self.plan.list or self.plan.first >= 0:
                self.boundaries.start()
            self.scenario.main()
            self.boundaries.stop()
        except BaseException as error:
            self.boundaries.stop()
            return error
        return None

    def _end(self, error: BaseException | None) -> None:
        if os.getpid() != self.pid:          # a process that main() itself forked came back here
            os._exit(error is not None)
        try:
            said = {"observation": self.scenario.observe()}
            if error is not None:
                said.update(error=type(error).__name__, message=str(error)[:500])
            self._say(**said)
        except BaseException as problem:
            self._say(error=type(problem).__name__, message=f"in observe(): {str(problem)[:500]}")
        os._exit(0)

    def _at_boundary(self, frame: FrameType, offset: int) -> None:
        if os.getpid() != self.pid:          # a process that main() forked is not ours to interrupt
            self.boundaries.stop()
            return
        index, self.count = self.count, self.count + 1
        place = self._place(frame, offset)
        if self.plan.list:
            self._say(boundary=place())
            if self.count >= self.plan.list:
                self.boundaries.stop()
        elif index == (self.plan.second if self.in_handler else self.plan.first):
            self._take(frame, place())

    def _take(self, frame: FrameType, place: dict) -> None:
        """A real signal, now. Tracing ends, unless the handler's own boundaries are wanted."""
        self.boundaries.stop()
        number = self.plan.signal2 if self.in_handler else self.plan.signal
        handler = signal.getsignal(number)
        handled = callable(handler) and number not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
        self._say(**{"second" if self.in_handler else "at": place}, handled=handled)
        if handled:
            signal.signal(number, _Once(self, handler, frame))
        signal.raise_signal(number)

    def handle(self, handler: Callable, number: int, frame: FrameType) -> Any:
        if self.plan.second < 0 or self.in_handler:
            return handler(number, frame)
        self.in_handler, self.count = True, 0
        return sys.call_tracing(self._handle_traced, (handler, number, frame))

    def _handle_traced(self, handler: Callable, number: int, frame: FrameType) -> Any:
        self.boundaries.start()
        try:
            return handler(number, frame)
        finally:
            self.boundaries.stop()

    def _place(self, frame: FrameType, offset: int) -> Callable[[], dict]:
        code, known = frame.f_code, id(frame)
        before = self.before.get(known)
        self.before[known] = offset
        key = key_of(code, offset)
        self.seen[key] += 1
        occurrence = self.seen[key]

        def place() -> dict:
            # The interpreter looks for signals at a RESUME that ran without an event, or at the instruction before. At
            # its first instruction, or just after a RESUME, the frame may be a new one under an old one's id.
            resumed = resumed_before(code, offset)
            last = before if resumed is None and offset != min(instructions(code)) else None
            looks = [key_of(code, o) for o in (last, resumed) if o is not None]
            return {"file": code.co_filename, "line": frame.f_lineno or 0, "function": code.co_qualname,
                    "instruction": instructions(code)[offset], "occurrence": occurrence, "looks": looks}

        return place

    def _storm(self) -> None:
        known, count = set(), 0

        def saw(code, offset):
            nonlocal count
            count += 1
            if count > _MOST_LOOKS:
                os._exit(0)
            if (code, offset) not in known and self.inside(code):
                known.add((code, offset))
                self._say(look=key_of(code, offset))

        with_signals = [self.scenario.main] if self.plan.storm == "main" else [
            lambda number=number: signal.raise_signal(number)
            for number in self.signals if callable(signal.getsignal(number))]
        for function in with_signals:
            try:
                places_that_look_for_signals(function, saw)
            except BaseException:
                pass                         # only the places matter here, not how it ends
        os._exit(0)

    def _serve_releases(self) -> None:
        while os.read(self.releases, 1):
            os.waitpid(self._fork(self.scenario.release), 0)
            self._say(released=True)

    def _fork(self, function: Callable[[], Any]) -> int:
        pid = os.fork()
        if pid == 0:
            try:
                _die_with_parent()
                function()
            finally:
                os._exit(0)
        return pid

    def _say(self, **what: Any) -> None:
        line = json.dumps(what).encode() + b"\n"
        if len(line) > LONGEST_REPORT:
            line = json.dumps({"error": "ValueError", "message": "observe() returned more than "
                               f"{LONGEST_REPORT} bytes of JSON"}).encode() + b"\n"
        while line:
            line = line[os.write(self.reports, line):]


class _Once:
    """Stands in for the handler once, so that the handler is given the interrupted frame and not the tracer's."""

    def __init__(self, run: Run, handler: Callable, frame: FrameType):
        self.run, self.handler, self.frame = run, handler, frame

    def __call__(self, number: int, frame: FrameType) -> Any:
        signal.signal(number, self.handler)
        return self.run.handle(self.handler, number, self.frame)


def _be_silent() -> None:
    """What the runs print would be printed once for every instant."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)


def _die_with_parent() -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
