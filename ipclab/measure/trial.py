"""What the two processes of one trial do: bursts of messages, ever longer until all is warm, then the one that counts.

Side 0 chooses how many messages a burst has and tells side 1 over a control socket, so that neither needs to look at
a clock, or for a mark in the messages, on the way.
"""

from __future__ import annotations

import ctypes
import gc
import json
import math
import mmap
import os
import resource
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle, islice

from ._way import VARIANTS, Way
from .twin import Loops

__all__ = ["LATENCY", "MOST", "Setting", "THROUGHPUT", "Wrong", "play"]

LATENCY, THROUGHPUT = "latency", "throughput"
MOST = 20_000                        # round trips of a trial
SMALL = 4096                         # bytes; of larger ones only the ends are looked at in the burst that counts
COUNTED = 32                         # messages of a trial whose system calls are counted


@dataclass(frozen=True)
class Setting:
    """One trial."""

    what: str                        # LATENCY or THROUGHPUT
    way: str
    twin: str
    size: int
    placement: str
    depth: int | None
    processors: tuple[int, int]      # of side 0 and side 1
    seconds: float                   # how long the burst that counts should take
    library: str | None = None       # the C loops
    mark: str = ""                   # if system calls are counted: how this trial is known in strace's log

    def __str__(self) -> str:
        watched = ", watched by strace" if self.mark else ""
        return f"{self.way} ({self.twin}), {self.what} of {self.size} bytes, placement {self.placement!r}{watched}"


class Wrong(Exception):
    """A message arrived that was not the one sent."""


def play(setting: Setting, way: Way, side: int, control: socket.socket, samples: mmap.mmap, report: mmap.mmap) -> None:
    """One side of the trial, in its own process; what it found is in `report` when it returns."""
    os.sched_setaffinity(0, {setting.processors[side]})
    gc.disable()                                           # a collection would be somebody else's time
    way.peer = _introduced(control)
    loops = (Loops(setting.library, way, side, _address(report)) if setting.twin == "c" else
             PythonLoops(way, side))
    tell(report, _following(setting, loops, control) if side else _leading(setting, loops, control, samples))


def tell(report: mmap.mmap, found: dict) -> None:
    text = json.dumps(found).encode()[:len(report) - 1]
    report[:len(text) + 1] = text + b"\0"


def _introduced(control: socket.socket) -> int:
    control.send(struct.pack("q", os.getpid()))
    return struct.unpack("q", control.recv(8))[0]


def _address(map: mmap.mmap) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(map))


# --- bursts ---

def _leading(setting: Setting, loops, control: socket.socket, samples: mmap.mmap) -> dict:
    """Side 0."""
    def burst(n: int, counts: bool = False) -> dict:
        control.send(struct.pack("q?", n, counts))
        control.recv(1)                                    # side 1 is ready
        with Usage(setting.mark if counts else "") as usage:
            wrong = loops.ping(n, _address(samples)) if setting.what == LATENCY else loops.give(n)
        _checked(wrong, "came back")
        ended, = struct.unpack("q", control.recv(8))
        return {"n": n, "elapsed": max(ended, usage.ended) - usage.began, **usage.found()}

    samples[:] = bytes(len(samples))                       # touched, so that none is a page fault later
    if setting.mark:
        burst(VARIANTS)                                    # what is done once only is done
        n = _few(setting)
    else:
        first = _rounds(2 * (setting.depth or 1))          # every slot is touched, too
        n = _many(setting, _warm(burst, first, setting))
    found = burst(n, counts=True)
    control.send(struct.pack("q?", 0, False))
    return found


def _warm(burst: Callable[[int], dict], n: int, setting: Setting) -> float:
    """Bursts of `n` messages, of 4n, of 16n, until one takes a tenth of the time; what a message took in the quickest.

    One that took long is tried again: it may have waited for a processor, which says nothing of the mechanism.
    """
    each, spent, enough = math.inf, 0, setting.seconds / 10 * 1e9
    while True:
        for _ in range(2):
            elapsed = burst(n)["elapsed"]
            each, spent = min(each, elapsed / n), spent + elapsed
            if each * n < enough:
                break
        if each * n >= enough or spent >= 100 * enough or 4 * n > MOST:
            return each
        n *= 4


def _many(setting: Setting, each: float) -> int:
    """As many as fill the time, in whole rounds of the messages."""
    most = MOST if setting.what == LATENCY else 50 * MOST
    return min(most, max(2 * VARIANTS, _rounds(setting.seconds * 1e9 / each)))


def _few(setting: Setting) -> int:
    return max(2 * VARIANTS, min(COUNTED, _rounds(2**18 / max(1, setting.size))))


def _rounds(n: float) -> int:
    return math.ceil(n / VARIANTS) * VARIANTS


def _following(setting: Setting, loops, control: socket.socket) -> dict:
    """Side 1."""
    found = {}
    while True:
        n, counts = struct.unpack("q?", control.recv(16))
        if n == 0:
            return found
        control.send(b".")
        with Usage(setting.mark if counts else "") as usage:
            wrong = (loops.pong(n) if setting.what == LATENCY else
                     loops.take(n, not counts or setting.size <= SMALL))
        _checked(wrong, "arrived")
        control.send(struct.pack("q", usage.ended))
        found = usage.found()


def _checked(wrong: int, how: str) -> None:
    if wrong >= 0:
        raise Wrong(f"message {wrong} is not what was sent when it {how}")


class Usage:
    """What this process used between two moments: time, processor time, context switches."""

    def __init__(self, mark: str):
        self.mark = mark

    def __enter__(self) -> Usage:
        self.before = _used()
        if self.mark:
            os.access(f"{self.mark}/begin", os.F_OK)       # seen in strace's log, and nothing else
        self.began = time.perf_counter_ns()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended = time.perf_counter_ns()
        if self.mark:
            os.access(f"{self.mark}/end", os.F_OK)
        self.after = _used()

    def found(self) -> dict:
        return {"cpu": self.after[0] - self.before[0], "switches": self.after[1] - self.before[1]}


def _used() -> tuple[int, int]:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return time.process_time_ns(), usage.ru_nvcsw + usage.ru_nivcsw


# --- the loops, in Python; twin.c has them in C ---

class PythonLoops:
    """The four loops for one end of a way; each returns the number of the first wrong message, or -1."""

    def __init__(self, way: Way, side: int):
        self.send, self.receive = way.end(side)
        self.messages = way.messages()

    def ping(self, n: int, samples: int) -> int:
        send, receive, clock = self.send, self.receive, time.perf_counter_ns
        taken = (ctypes.c_int64 * n).from_address(samples)
        for i, message in enumerate(islice(cycle(self.messages), n)):
            before = clock()
            send(message)
            answer = receive()
            taken[i] = clock() - before
            if answer != message:
                return i
        return -1

    def pong(self, n: int) -> int:
        send, receive = self.send, self.receive
        for i, message in enumerate(islice(cycle(self.messages), n)):
            answer = receive()
            if answer != message:
                return i
            send(answer)
        return -1

    def give(self, n: int) -> int:
        send = self.send
        for message in islice(cycle(self.messages), n):
            send(message)
        return -1

    def take(self, n: int, whole: bool) -> int:
        if self.receive is None:                           # of a copy, nobody
            return -1
        receive = self.receive
        for i, message in enumerate(islice(cycle(self.messages), n)):
            got = receive()
            if got != message if whole else (got[:8] != message[:8] or got[-8:] != message[-8:]):
                return i
        return -1
