"""What the ring in shared memory moves: small messages beside multiprocessing.Queue, large ones beside memmove.

    python tests/bench/bench_ring.py

Each round moves a burst of messages through each, one after the other, from a process on one processor to a process on
another; what is compared within a round is their ratio, and of these the median counts. Where it is allowed both
processes get real-time priority for the length of a burst, so that others' work does not come in between.

A large message is copied into its slot and, on the other processor, out of it again; memmove copies it once, but the
two copies go on at the same time. Told beside it are the same ring in C, for the second copy is several times slower
where the two processors share no cache (a virtual machine's do at one time and do not at another), and a message that
is read in its slot. Exit status 1 if a bound is missed.
"""

from __future__ import annotations

import contextlib
import gc
import mmap
import multiprocessing
import os
import signal
import statistics
import sys
import time
from collections.abc import Callable

from ipclab import Ring
from ipclab.errors import NotInstalled
from ipclab.measure.bench import tried
from ipclab.measure.trial import THROUGHPUT, Setting
from ipclab.measure.twin import compiled

ROUNDS, SLOTS, TIMES, SHARE = 21, 64, 15, 0.8
SMALL, LARGE = bytes(64), os.urandom(1 << 20)
LARGE_SLOTS = 4                      # for 1 MiB each: they fit into a cache, as what memmove copies does
PROCESSORS = sorted(os.sched_getaffinity(0))
Moves = Callable[[int], None]        # so many messages, on one side


def burst(messages: int, send: Moves, receive: Moves) -> float:
    """Nanoseconds a message, from the first one's start until both sides are done."""
    report, told = os.pipe()
    ready, say_ready = os.pipe()
    children = [_started(lambda: _receiving(receive, messages, told, say_ready)),
                _started(lambda: _sending(send, messages, told, ready))]
    with open(report, "rb") as file:
        for descriptor in (told, ready, say_ready):
            os.close(descriptor)
        times = sorted(int(line) for line in file)
    if any(os.waitpid(pid, 0)[1] for pid in children):
        sys.exit("a process of the burst failed")
    return (times[-1] - times[0]) / messages


def _started(function: Callable[[], None]) -> int:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            gc.disable()
            signal.alarm(60)
            function()
            code = 0
        finally:
            os._exit(code)
    return pid


def _alone_on(processor: int) -> None:
    os.sched_setaffinity(0, {processor})
    _undisturbed(os.SCHED_FIFO, 1)


def _undisturbed(policy: int, priority: int) -> None:
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, policy, os.sched_param(priority))


def _receiving(receive: Moves, messages: int, told: int, say_ready: int) -> None:
    _alone_on(PROCESSORS[1])
    receive(SLOTS)                                           # warm: both have touched every slot
    os.write(say_ready, b".")
    receive(messages)
    os.write(told, b"%d\n" % time.monotonic_ns())


def _sending(send: Moves, messages: int, told: int, ready: int) -> None:
    _alone_on(PROCESSORS[0])
    send(SLOTS)
    os.read(ready, 1)
    start = time.monotonic_ns()
    send(messages)
    os.write(told, b"%d\n%d\n" % (start, time.monotonic_ns()))


def repeated(call: Callable[[], object]) -> Moves:
    def move(messages: int) -> None:
        for _ in range(messages):
            call()
    return move


def small_by_ring(ring: Ring) -> float:
    send = ring.send

    def move(messages: int) -> None:
        for _ in range(messages):
            send(SMALL)
    return burst(20_000, move, repeated(ring.receive))


def small_by_queue() -> float:
    queue = multiprocessing.get_context("fork").Queue()

    def move(messages: int) -> None:
        for _ in range(messages):
            queue.put(SMALL)
        if messages != SLOTS:
            queue.close(), queue.join_thread()               # the feeder thread has sent all
    try:
        return burst(2_000, move, repeated(queue.get))
    finally:
        queue.close()


def large_by_ring(ring: Ring) -> float:
    """Copied into the slot and out of it, into memory that the receiver has touched before."""
    buffer = pages()

    def move(messages: int) -> None:
        for _ in range(messages):
            ring.receive_into(buffer)
        check(buffer)
    return burst(500, repeated(lambda: ring.send(LARGE)), move)


def large_in_place(ring: Ring) -> float:
    """Copied into the slot, and read there."""
    def look() -> None:
        check(ring.peek())
        ring.release()
    return burst(500, repeated(lambda: ring.send(LARGE)), repeated(look))


def check(message: memoryview) -> None:
    if message[0] != LARGE[0] or message[-1] != LARGE[-1]:
        raise AssertionError("not the message that was sent")


def large_by_memmove(done: Ring) -> float:
    """Copied once, within one process, to as many places in turn; to assign to a slice is a memmove(3).

    The other process looks for the end of it all the while, so that on its processor, too, nobody else's work goes on.
    """
    targets = [pages() for _ in range(LARGE_SLOTS)]

    def move(messages: int) -> None:
        for number in range(messages):
            targets[number % LARGE_SLOTS][:] = LARGE
        done.send(b"")
    return burst(500, move, lambda messages: done.receive() and None)


def pages() -> memoryview:
    """Memory that begins with a page, as a slot does: elsewhere the same copy takes some processors twice as long."""
    return memoryview(mmap.mmap(-1, len(LARGE)))


def large_by_c(library: str) -> float:
    _undisturbed(os.SCHED_FIFO, 1)                           # its processes inherit it
    found = tried(Setting(THROUGHPUT, "ring", "c", len(LARGE), "cross", LARGE_SLOTS, tuple(PROCESSORS[:2]), 0.02,
                          library), 20)
    _undisturbed(os.SCHED_OTHER, 0)
    return found["elapsed"] / found["n"]


def loops_in_c() -> list[str]:
    try:
        return [str(compiled())]
    except NotInstalled:
        return []


def rounds(*ways: Callable[[], float]) -> list[list[float]]:
    """By way, what it took in each round."""
    return [list(times) for times in zip(*([way() for way in ways] for _ in range(ROUNDS)), strict=True)]


def ratio(of: list[float], to: list[float]) -> float:
    return statistics.median(a / b for a, b in zip(of, to, strict=True))


def told(what: str, **times: list[float]) -> None:
    print(f"{what:24}", "   ".join(f"{name.replace('_', ' ')} {statistics.median(ns):,.0f} ns"
                                   for name, ns in times.items()))


def small(ring: Ring) -> bool:
    ours, queue = rounds(lambda: small_by_ring(ring), small_by_queue)
    told("messages of 64 bytes", ring=ours, Queue=queue)
    times = ratio(queue, ours)
    print(f"{'':24} {times:.1f} times as many as multiprocessing.Queue, promised {TIMES}",
          "" if times >= TIMES else "TOO FEW")
    return times < TIMES


def large(ring: Ring, done: Ring) -> bool:
    ours, in_place, memmove, *in_c = rounds(
        lambda: large_by_ring(ring), lambda: large_in_place(ring), lambda: large_by_memmove(done),
        *(lambda: large_by_c(library) for library in loops_in_c()))
    told("messages of 1 MiB", ring=ours, memmove=memmove, read_in_place=in_place)
    share = ratio(memmove, ours)
    print(f"{'':24} {share:.0%} of memmove's rate, promised {SHARE:.0%}", "" if share >= SHARE else "TOO SLOW")
    for times in in_c:
        print(f"{'':24} {ratio(memmove, times):.0%} by the same ring in C")
    return share < SHARE


def main() -> int:
    if len(PROCESSORS) < 2:
        print("not measured: these bounds are for two processors, and this process may use one")
        return 0
    with (Ring(SLOTS, len(SMALL), spin=1000) as ring, Ring(LARGE_SLOTS, len(LARGE), spin=1000) as large_ring,
          Ring(1, 1, spin=10**9) as done):
        return small(ring) | large(large_ring, done)


if __name__ == "__main__":
    sys.exit(main())
