"""What the open gate costs on semaphores, message queues and shared memory, beside the bare library, in the same loop.

    python tests/bench/bench_open_gate_objects.py

Prints the best time of each in nanoseconds beside its bound: a system call at most 1.5 times the bare one; what is no
system call (shared memory, an uncontended POSIX semaphore) at most 300 ns more. Exit status 1 if one is above.
The smallest of many repeats is what the call itself takes; everything else that the machine does only adds to it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import posix_ipc
import sysv_ipc

from ipclab.mechanisms.message_queues import MessageQueue, PosixQueue
from ipclab.mechanisms.semaphores import PosixSemaphore, Semaphore
from ipclab.mechanisms.shared_memory import SharedArray, SharedInteger

RATIO, MORE, BATCH, REPEATS = 1.5, 300, 8, 3000         # a POSIX queue holds 10 messages
DATA = b"x" * 64


@dataclass(frozen=True)
class Case:
    name: str
    ours: str                        # statements on `ours` and on `bare`
    bare: str
    undo: str = "pass"               # on `bare`, after each batch, not timed
    before: str = "pass"             # the same, before the first batch;
    after: str = "pass"              # and after the last
    calls_kernel: bool = True


REFILL = ("bare.send(DATA)", "bare.send(DATA)", "bare.receive()")
RELEASED = ("bare.release()", "bare.release()", "bare.acquire()")
SEMAPHORE = [
    Case("P", "ours.P()", "bare.P()", "bare.V()", "bare.V()", "bare.P()"),
    Case("P_nowait", "ours.P_nowait()", "bare.P()", "bare.V()", "bare.V()", "bare.P()"),
    Case("V", "ours.V()", "bare.V()", "bare.P()"),
    Case("value", "ours.value", "bare.value"),
]
POSIX_SEMAPHORE = [
    Case("P", "ours.P()", "bare.acquire()", *RELEASED, calls_kernel=False),
    Case("P_nowait", "ours.P_nowait()", "bare.acquire(0)", *RELEASED, calls_kernel=False),
    Case("V", "ours.V()", "bare.release()", "bare.acquire()", calls_kernel=False),
]
QUEUE = [
    Case("send", "ours.send(DATA)", "bare.send(DATA)", "bare.receive()"),
    Case("send_nowait", "ours.send_nowait(DATA)", "bare.send(DATA, False)", "bare.receive()"),
    Case("receive", "ours.receive()", "bare.receive()", *REFILL),
    Case("receive by type", "ours.receive(1)", "bare.receive(True, 1)", *REFILL),
    Case("receive_nowait", "ours.receive_nowait()", "bare.receive(False)", *REFILL),
]
POSIX_QUEUE = [
    Case("send", "ours.send(DATA)", "bare.send(DATA)", "bare.receive()"),
    Case("send_nowait", "ours.send_nowait(DATA)", "bare.send(DATA, 0)", "bare.receive()"),
    Case("receive", "ours.receive()", "bare.receive()", *REFILL),
    Case("receive_nowait", "ours.receive_nowait()", "bare.receive(0)", *REFILL),
]
ARRAY = [
    Case("array[i]", "ours[3]", "bare[3]", calls_kernel=False),
    Case("array[i] = value", "ours[3] = 7", "bare[3] = 7", calls_kernel=False),
]
INTEGER = [
    Case("n.value", "ours.value", "bare[0]", calls_kernel=False),
    Case("n.value = value", "ours.value = 7", "bare[0] = 7", calls_kernel=False),
]


def objects(stack: ExitStack) -> Iterator[tuple[str, object, object, list[Case]]]:
    """Of each mechanism one object of ours, and the bare handle of the same kernel object beside it."""
    semaphore = stack.enter_context(Semaphore(0))
    yield "System V semaphore", semaphore, sysv_ipc.Semaphore(semaphore._semaphore.key), SEMAPHORE
    posix = stack.enter_context(PosixSemaphore(0))
    yield "POSIX semaphore", posix, posix_ipc.Semaphore(posix.name), POSIX_SEMAPHORE
    queue = stack.enter_context(MessageQueue())
    bare = sysv_ipc.MessageQueue(queue._queue.key, max_message_size=8192)
    yield "System V queue", queue, bare, QUEUE
    posix_queue = stack.enter_context(PosixQueue())
    bare = posix_ipc.MessageQueue(posix_queue.name)
    stack.callback(bare.close)
    yield "POSIX queue", posix_queue, bare, POSIX_QUEUE
    array, integer = stack.enter_context(SharedArray(8)), stack.enter_context(SharedInteger())
    yield "shared memory", array, array.view, ARRAY
    yield "shared memory", integer, integer.view, INTEGER


def batch(statement: str, names: dict) -> Callable[[], float]:
    """A function that executes `statement` BATCH times and returns the nanoseconds that one took."""
    lines = [f"    {statement}"] * BATCH
    source = ["def run():", "    start = clock()", *lines, f"    return (clock() - start) / {BATCH}"]
    exec("\n".join(source), space := {**names, "clock": time.perf_counter_ns})
    return space["run"]


def best(case: Case, ours: object, bare: object) -> tuple[float, float]:
    names = {"ours": ours, "bare": bare, "DATA": DATA}
    mine, theirs, undo = (batch(statement, names) for statement in (case.ours, case.bare, case.undo))
    batch(case.before, names)()
    least = [float("inf")] * 2
    for _ in range(REPEATS):
        for which, run in enumerate((mine, theirs)):
            least[which] = min(least[which], run())
            undo()
    batch(case.after, names)()
    return least[0], least[1]


def main() -> int:
    print(f"{'operation':36} {'ours ns':>8} {'bare ns':>8}")
    missed = False
    with ExitStack() as stack:
        for mechanism, ours, bare, cases in objects(stack):
            for case in cases:
                mine, theirs = best(case, ours, bare)
                bound = RATIO * theirs if case.calls_kernel else theirs + MORE
                missed |= mine > bound
                more, ratio = f"+{mine - theirs:.0f} of +{MORE} ns", f"{mine / theirs:.2f} of {RATIO} times"
                beside = ratio if case.calls_kernel else more
                print(f"{mechanism + ' ' + case.name:36} {mine:8.0f} {theirs:8.0f}   {beside}",
                      "" if mine <= bound else "TOO MUCH")
    return missed


if __name__ == "__main__":
    sys.exit(main())
