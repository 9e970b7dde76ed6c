"""Real runs to draw: functions in forked processes on real kernel objects, recorded by the gate."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection
from dataclasses import asdict

from ipclab.gate import Recorded, closed
from ipclab.kernel.states import wait_until_blocked
from ipclab.mechanisms.semaphores import Semaphore
from ipclab.mechanisms.shared_memory import SharedArray
from ipclab.trace import Event, Trace


def recorded(objects: Collection, stuck: Collection[str] = (), **functions: Callable[[], None]) -> Trace:
    """Run each function in a process of that name. Those named in `stuck` are killed once they hang in semop(2)."""
    described = tuple(each for o in objects for each in (o.described(), *o.parts()))
    reading, writing = os.pipe()
    pids = {name: started(lambda f=function, n=name: _record(n, f, writing)) for name, function in functions.items()}
    os.close(writing)
    for name in stuck:
        wait_until_blocked(pids[name], "semtimedop" if os.uname().machine == "aarch64" else ("semop", "semtimedop"))
    for name in stuck:
        os.kill(pids[name], 9)
    with open(reading) as file:
        events = [Event(**json.loads(line)) for line in file]
    for pid in pids.values():
        os.waitpid(pid, 0)
    latest = {event.key: event for event in events}
    return Trace(tuple(functions), described, tuple(sorted(latest.values(), key=lambda e: e.end or e.start)))


def _record(name: str, function: Callable[[], None], writing: int) -> None:
    with closed(Recorded(name, lambda event: os.write(writing, json.dumps(asdict(event)).encode() + b"\n"))):
        function()


def started(function: Callable[[], None]) -> int:
    """The pid of a forked child that runs `function` and ends."""
    pid = os.fork()
    if pid == 0:
        try:
            function()
        finally:
            os._exit(0)
    return pid


def bounded_buffer(items: int = 3, places: int = 2) -> Trace:
    with Semaphore(places, label="empty") as empty, Semaphore(0, label="full") as full, \
            Semaphore(1, label="mutex") as mutex, SharedArray(places, label="buffer", kind="anonymous") as buffer:

        def producer():
            for i in range(items):
                empty.P()
                with mutex.held():
                    buffer.store(i % places, 10 + i)
                full.V()

        def consumer():
            for i in range(items):
                full.P()
                with mutex.held():
                    buffer.load(i % places)
                empty.V()

        return recorded([empty, full, mutex, buffer], producer=producer, consumer=consumer)


def deadlock() -> Trace:
    """Each takes one semaphore, tells the other, and then wants the other's."""
    ends = [os.pipe(), os.pipe()]
    with Semaphore(1, label="A") as a, Semaphore(1, label="B") as b:

        def process(mine: Semaphore, other: Semaphore, me: int):
            mine.P()
            os.write(ends[me][1], b".")
            os.read(ends[1 - me][0], 1)
            other.P()

        trace = recorded([a, b], ("first", "second"),
                         first=lambda: process(a, b, 0), second=lambda: process(b, a, 1))
    for end in sum(ends, ()):
        os.close(end)
    return trace
