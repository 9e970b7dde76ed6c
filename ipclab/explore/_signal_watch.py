"""The side of the signal sweep that watches one run: it reads what the run says, sends signals, kills and waits.

It runs no code of the user's. What it is told is taken as plain data; how a run ended is what the kernel says.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import time
from dataclasses import dataclass, field
from typing import Any

from ._stuck import handles, stuck, switches

__all__ = ["Watch"]

_GLANCE = 0.003                              # seconds of silence before the kernel is asked whether the run is stuck
_MOST = 20_000_000                           # bytes that one run may say


@dataclass
class Watch:
    """Follows the run in process `pid` to its end, and says how it ended."""

    pid: int
    reports: int                             # descriptor on which the run speaks; read without blocking
    releases: int                            # descriptor that makes the outside world move, if the run has said so
    deadline: float
    interrupt: tuple[int, int] | None = None # send this signal (second) when the run blocks for this (first) time

    how: str = ""                            # returned, raised, stuck, died, unfinished
    detail: str = ""
    said: dict[str, Any] = field(default_factory=dict)      # the last word on each subject
    boundaries: list[dict] = field(default_factory=list)
    looks: set[tuple] = field(default_factory=set)
    steps: list[dict] = field(default_factory=list)         # of a run that is told
    blocks: list[tuple[str, int]] = field(default_factory=list)    # call in which it blocked, boundaries before that
    handled: bool | None = None              # did the signal that was sent from here find a handler?

    def follow(self) -> Watch:
        """Return when the run has ended and nothing of it is left."""
        self._began, self._heard, self._text = time.monotonic(), 0, b""
        self._let_go: int | None = None      # its switches when the outside world last moved
        self._moving = False
        poll, end = select.poll(), os.pidfd_open(self.pid)
        poll.register(self.reports, select.POLLIN)
        poll.register(end, select.POLLIN)
        try:
            self._until(poll, end)
        finally:
            os.close(end)
            _kill(self.pid)
            _, status = os.waitpid(self.pid, 0)
        self._read()
        self._judge(status)
        return self

    def _until(self, poll: select.poll, end: int) -> None:
        while True:
            happened = poll.poll(_GLANCE * 1000)
            ready = {descriptor for descriptor, _ in happened}
            self._read()
            if (self.reports, select.POLLHUP) in happened:
                poll.unregister(self.reports)        # all is said; while the process ends, this would be ready at once
            if end in ready or not ready and self._hopeless():
                return
            if time.monotonic() - self._began > self.deadline:
                self.how, self.detail = "unfinished", f"still running after {self.deadline:g} s"
                return

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while (piece := os.read(self.reports, 65536)) and self._heard < _MOST:
                self._heard += len(piece)
                *lines, self._text = (self._text + piece).split(b"\n")
                for line in lines:
                    self._hear(line)

    def _hear(self, line: bytes) -> None:
        said = json.loads(line)
        if "boundary" in said:
            self.boundaries.append(said["boundary"])
        elif "step" in said:
            self.steps.append(said["step"])
        elif "changed" in said:
            self.steps[-1]["now"] = said["changed"]
        elif "look" in said:
            self.looks.add(tuple(said["look"]))
        elif "released" in said:
            self._moving = False
        else:
            self.said.update(said)

    def _hopeless(self) -> bool:
        """Nothing was said for a while. True if the run is stuck and nothing more can be done for it."""
        if self._moving or "ready" not in self.said:
            return False
        call = stuck(self.pid, {self.pid, self.said.get("releaser", self.pid)})
        if not call:
            return False
        self._read()                         # what it said just before it fell asleep
        now = switches(self.pid)
        if now != self._let_go and self._blocked_anew(call):
            return False
        if now != self._let_go and "releaser" in self.said:
            self._let_go, self._moving = now, True
            os.write(self.releases, b".")
            return False
        self.how, self.detail = "stuck", f"blocked for ever in {call}"
        return True

    def _blocked_anew(self, call: str) -> bool:
        """Take note of it. True if this was the time to send the signal."""
        self.blocks.append((call, len(self.boundaries)))
        if self.handled is not None or not self.interrupt or len(self.blocks) != self.interrupt[0]:
            return False
        self.handled = handles(self.pid, self.interrupt[1])
        os.kill(self.pid, self.interrupt[1])
        return True

    def _judge(self, status: int) -> None:
        if self.how:
            return
        if "observation" in self.said or "error" in self.said:
            self.how = "raised" if "error" in self.said else "returned"
            self.detail = f"{self.said['error']}: {self.said.get('message', '')}" if "error" in self.said else ""
        else:
            code = os.waitstatus_to_exitcode(status)
            self.how = "died"
            self.detail = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"


def _kill(pid: int) -> None:
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)
