"""The worker processes of one system: forked, given their turns, listened to, looked after, killed."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ..kernel.states import state
from ..mechanisms._object import KernelObject
from ..processes import Spec
from ._page import FINISHED, Page, Turn
from ._states import CannotGoOn, Operation, Outcome
from ._stuck import blocked_in
from ._worker import Worker

__all__ = ["Crew", "close_here"]

_GLANCE, _PATIENCE = 0.1, 2.0        # seconds until a silent worker is looked at, and until it is given up
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class Crew:
    """One worker for each of `specs`.

    `keeps[i]`: the objects whose descriptors worker i keeps; None: all. `operation` and `result` turn what a worker
    says of them into what the engine knows them by.
    """

    def __init__(self, specs: list[Spec], objects: list[KernelObject], keeps: list[list[KernelObject]] | None,
                 operation: Callable[[dict], Operation], result: Callable[[tuple], int]):
        self.specs, self.objects, self.keeps = specs, objects, keeps
        self.operation, self.result = operation, result
        self.n = len(specs)
        self.page, self.controller, self.turns = Page(), Turn(), [Turn() for _ in specs]
        self.pids, self.wires = [0] * self.n, [-1] * self.n
        self.events: list[dict] = []                         # of the present run, if it was begun as `telling`
        self._operations: list[dict[int, Operation]] = [{} for _ in specs]
        self._results: list[dict[int, int]] = [{} for _ in specs]
        self._outcomes: list[dict[int, Outcome]] = [{} for _ in specs]
        self._deeds: list[dict[int, tuple[Operation, int]]] = [{} for _ in specs]
        self._parts = [b""] * self.n
        for me in range(self.n):
            self._fork(me)

    def _fork(self, me: int) -> None:
        self.wires[me], wire_in = os.pipe()
        os.set_blocking(self.wires[me], False)
        self._operations[me], self._results[me], self._outcomes[me], self._deeds[me] = {}, {}, {}, {}
        self._parts[me] = b""
        self.pids[me] = os.fork()
        if self.pids[me] == 0:
            try:
                _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
                _be_silent()
                for each in self.objects if self.keeps else ():
                    if all(each is not mine for mine in self.keeps[me]):
                        close_here(each)
                Worker(me, self.specs[me], self.page, self.turns, self.controller, wire_in).serve()
            finally:
                os._exit(2)
        os.close(wire_in)

    def kill(self, process: int) -> None:
        """SIGKILL, and wait until the kernel has closed and undone what it held. The next run forks it anew."""
        self.read_wire(process)
        if self.pids[process]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pids[process], signal.SIGKILL)
            os.waitpid(self.pids[process], 0)
            os.close(self.wires[process])
        self.pids[process] = 0

    def end(self) -> None:
        for process in range(self.n):
            self.kill(process)

    # -- turns

    def begin(self, way: bytes, telling: bool) -> None:
        """Start a new run, and let it follow `way`."""
        for process in range(self.n):
            if not self.pids[process]:
                self._fork(process)
        head = self.page.head
        head[Page.RUN] += 1
        head[Page.TELL], self.events = telling, []
        head[Page.POSITION] = 0
        last = way[:1]                                       # to come to its first operation, as it then just goes on
        self.go_on(bytes(p for p in range(self.n) if p not in last) + last + way)

    def go_on(self, way: bytes, most: int = 0) -> int:
        """Let the processes act in this order from here; the last may go on by itself until there are `most` steps.
        Returns how many there were."""
        head, position = self.page.head, self.page.head[Page.POSITION]
        if way:
            self.page.schedule[position:position + len(way)] = way
            head[Page.LENGTH], head[Page.UNTIL] = position + len(way), most and position + most
            self.turns[way[0]].give()
            self._await()
        return head[Page.POSITION] - position

    def may(self, process: int) -> bool:
        """Ask `process` whether its pending operation would go through at once. It asks the real object."""
        head = self.page.head
        head[Page.ASK] = 1
        self.turns[process].give()
        self._await(process)
        answer, head[Page.ASK] = head[Page.ASK], 0
        return answer == 3

    def _await(self, asked: int | None = None) -> None:
        """Return when the controller has the turn again. A worker that is long about it is looked at in /proc."""
        if self.controller.take_within(_GLANCE):
            return
        began, worked = time.monotonic(), [_worked(pid) for pid in self.pids]
        while not self.controller.take_within(_GLANCE):
            process = asked if asked is not None else self.page.schedule[max(0, self.page.head[Page.POSITION] - 1)]
            for p in range(self.n):
                self.read_wire(p)                            # a full pipe would stop it
            self._look_at(process, time.monotonic() - began, _worked(self.pids[process]) - worked[process])

    def _look_at(self, process: int, waited: float, worked: float) -> None:
        name, pid = self.specs[process].name, self.pids[process]
        for p, each in enumerate(self.pids):
            if each and os.waitid(os.P_PID, each, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                raise CannotGoOn(f"process {self.specs[p].name} died, or would not give up an unfinished run")
        call = blocked_in(pid)
        if call and call[0] != "futex":
            raise CannotGoOn(f"process {name} blocks in {call[0]}() outside the gate; use the objects of "
                             "ipclab.mechanisms, which the explorer can hold")
        now = state(pid)
        if now.blocked and waited > _PATIENCE:
            raise CannotGoOn(f"process {name} sleeps in {now.call or 'the kernel'}() outside the gate, and came to no "
                             f"operation within {_PATIENCE:g} s; who waits must do so in an operation")
        if worked > _PATIENCE:
            raise CannotGoOn(f"process {name} came to no operation within {_PATIENCE:g} s of work; does it loop "
                             "without one?")

    # -- what they say

    def pending(self, process: int) -> Operation | Outcome:
        number = self.page.pending[process]
        known, number = (self._operations, number) if number >= 0 else (self._outcomes, FINISHED - number)
        if number not in known[process]:
            self.read_wire(process)
        if number not in known[process]:
            raise self._nonsense(process)
        return known[process][number]

    def logged(self, process: int, step: int) -> tuple[Operation, int]:
        """What `process` did in that step of the run: the operation, and the number of its result."""
        did = self.page.did[self.n + step]
        known = self._deeds[process]
        if did not in known:
            known[did] = self._described(process, *self.page.steps[2 * (self.n + step):2 * (self.n + step + 1)])
        return known[did]

    def _described(self, process: int, operation: int, result: int) -> tuple[Operation, int]:
        if operation not in self._operations[process] or result not in self._results[process]:
            self.read_wire(process)
        try:
            return self._operations[process][operation], self._results[process][result]
        except KeyError:
            raise self._nonsense(process) from None

    def left(self, step: int) -> int:
        """The number that it left in its object, if it touched one number, and not only repeated a known way."""
        return self.page.left[self.n + step]

    def noted(self, step: int) -> bytes:
        """`raw` of that one step."""
        return self.page.did[self.n + step].to_bytes(8, sys.byteorder)

    def raw(self, first: int, end: int) -> bytes:
        """All that was noted of these steps, to compare with what the same workers note another time."""
        return self.page.raw(self.n + first, self.n + end)

    def read_wire(self, process: int) -> None:
        """Hear what `process` has described since the last time."""
        with contextlib.suppress(BlockingIOError, OSError):
            while piece := os.read(self.wires[process], 65536):
                *lines, self._parts[process] = (self._parts[process] + piece).split(b"\n")
                for line in lines:
                    self._hear_line(process, line)

    def _hear_line(self, process: int, line: bytes) -> None:
        try:
            for said in json.loads(line):
                self._hear(process, said)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise self._nonsense(process) from None

    def _nonsense(self, process: int) -> CannotGoOn:
        return CannotGoOn(f"what process {self.specs[process].name} says of itself cannot be understood; does it "
                          "meddle with descriptors or memory that are not its own?")

    def _hear(self, process: int, said: dict) -> None:
        number = said.pop("number", None)
        if "event" in said:
            self.events.append(said["event"])
        elif "outcome" in said:
            self._outcomes[process][number] = Outcome(*said["outcome"])
        elif "result" in said:
            self._results[process][number] = self.result(tuple(said["result"]))
        else:
            self._operations[process][number] = self.operation(said)


def _worked(pid: int) -> float:
    """Seconds that `pid` has had a processor."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def close_here(each: KernelObject) -> None:
    """This process's descriptors of it, if it has any."""
    if hasattr(each, "_fd"):
        each.close()


def _be_silent() -> None:
    """What a process prints would be printed in every run."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)
