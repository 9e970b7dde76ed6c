"""What the open gate costs: each operation beside the bare library call, one after the other in the same loop.

    python tests/bench/bench_open_gate_streams.py

Prints the best time of each in nanoseconds and their ratio; the promise is at most 1.5. Exit status 1 if one is above.
The smallest of many repeats is what the call itself takes; everything else that the machine does only adds to it.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator

from ipclab.mechanisms.fifos import Fifo
from ipclab.mechanisms.pipes import Pipe
from ipclab.mechanisms.signals import Signal
from ipclab.mechanisms.sockets import connect, listen, socket_pair

PROMISE, DATA, BATCH, REPEATS = 1.5, b"x" * 64, 8, 3000      # a UNIX socket's queue holds 10 datagrams
Call = tuple                                    # a function and its arguments
Case = tuple[str, Call, Call, Call]             # name, ours, the bare call, what undoes either (not timed)


def signals() -> Iterator[Case]:
    mine, queued = os.getpid(), Signal("SIGRTMIN+5")                     # real-time, so that several can be pending
    number, alone = queued.number, (queued.number,)
    with queued.ignore():
        yield "signal send (ignored)", (queued.send, mine), (os.kill, mine, number), (int,)
    with queued.blocked():
        again = signal.raise_signal, number
        prepare(again)
        yield "signal wait_nowait", (queued.wait_nowait,), (signal.sigtimedwait, alone, 0), again
        yield "signal wait", (queued.wait,), (signal.sigwaitinfo, alone), again
        prepare((queued.wait_nowait,))


def prepare(call: Call) -> None:
    for _ in range(BATCH):
        call[0](*call[1:])


def ends(name: str, reader, writer) -> Iterator[Case]:
    put, take = (os.write, writer.fileno(), DATA), (os.read, reader.fileno(), 64)
    yield f"{name} write", (writer.write, DATA), put, take
    yield f"{name} write_nowait", (writer.write_nowait, DATA), put, take
    prepare(put)
    yield f"{name} read", (reader.read, 64), take, put
    yield f"{name} read_nowait", (reader.read_nowait, 64), take, put
    prepare(take)


def connection(name: str, a, b) -> Iterator[Case]:
    with socket.socket(fileno=os.dup(a.fileno())) as bare_a, socket.socket(fileno=os.dup(b.fileno())) as bare_b:
        put, take, at_once = (bare_a.send, DATA), (bare_b.recv, 64), socket.MSG_DONTWAIT
        yield f"{name} send", (a.send, DATA), put, take
        yield f"{name} send_nowait", (a.send_nowait, DATA), (bare_a.send, DATA, at_once), take
        prepare(put)
        yield f"{name} receive", (b.receive, 64), take, put
        yield f"{name} receive_nowait", (b.receive_nowait, 64), (bare_b.recv, 64, at_once), put
        prepare(take)


def cases() -> Iterator[Case]:
    yield from signals()
    with Pipe() as pipe:
        yield from ends("pipe", pipe.reader, pipe.writer)
    with Fifo() as fifo, fifo.open_reader_nowait() as reader, fifo.open_writer() as writer:
        yield from ends("FIFO", reader, writer)
    for kind in ("stream", "seqpacket", "datagram"):
        a, b = socket_pair(kind)
        with a, b:
            yield from connection(f"UNIX {kind}", a, b)
    with listen(0) as server, connect(server.address) as a, server.accept() as b:
        yield from connection("TCP", a, b)


def best(ours: Call, bare: Call, undo: Call) -> list[float]:
    """Nanoseconds per call of each: the smallest of REPEATS batches, taken in turn."""
    least = [float("inf")] * 2
    for _ in range(REPEATS):
        for which, call in enumerate((ours, bare)):
            least[which] = min(least[which], timed(*call))
            prepare(undo)
    return least


def timed(call: Callable, *arguments: object) -> float:
    batch = range(BATCH)
    start = time.perf_counter_ns()
    for _ in batch:
        call(*arguments)
    return (time.perf_counter_ns() - start) / BATCH


def main() -> int:
    print(f"{'operation':28} {'ours ns':>8} {'bare ns':>8} {'ratio':>6}   promised: at most {PROMISE}")
    worst = 0.0
    for name, ours, bare, undo in cases():
        mine, theirs = best(ours, bare, undo)
        worst = max(worst, mine / theirs)
        verdict = "" if mine / theirs <= PROMISE else "TOO MUCH"
        print(f"{name:28} {mine:8.0f} {theirs:8.0f} {mine / theirs:6.2f}   {verdict}")
    return worst > PROMISE


if __name__ == "__main__":
    sys.exit(main())
