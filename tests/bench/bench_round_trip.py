"""What a blocking round trip of 64 bytes through ipclab costs, beside the same calls in C, on one processor.

    python tests/bench/bench_round_trip.py [way …]

Both processes run on the same processor, so that each step of a round trip waits for the other. In each round all ways
come in random order, each in Python and in C directly after one another, in random order too. A round gives the median
of its round trips, and the quickest round of each counts: a neighbour on the same core makes rounds slower, Python's
more than C's, and none quicker. Where it is allowed the processes get real-time priority. Exit status 1 if a ratio is
above its bound.
"""

from __future__ import annotations

import contextlib
import os
import random
import statistics
import sys
from collections import defaultdict

from ipclab.errors import NotInstalled
from ipclab.measure.bench import tried
from ipclab.measure.trial import LATENCY, Setting
from ipclab.measure.twin import compiled
from ipclab.mechanisms import _posix_queues, _syscalls

BOUND, ROUNDS, SECONDS, BYTES = 1.4, 21, 0.03, 64
WAYS = ("pipe", "fifo", "system_v_queue", "posix_queue", "system_v_semaphore", "posix_semaphore", "signal",
        "unix_stream", "unix_datagram", "unix_seqpacket", "tcp")


def round_trip(way: str, twin: str, processor: int, library: str) -> float:
    """The median of one round, in nanoseconds."""
    setting = Setting(LATENCY, way, twin, BYTES, "same", None, (processor, processor), SECONDS, library)
    found = tried(setting, 60)
    if not found.get("samples"):
        sys.exit(f"{setting}: {found}")
    return statistics.median(found["samples"])


def measured(ways: tuple[str, ...], library: str) -> dict[str, list[dict[str, float]]]:
    """By way, what each twin took in each round."""
    processor, found = max(os.sched_getaffinity(0)), defaultdict(list)
    for _ in range(ROUNDS):
        for way in random.sample(ways, len(ways)):
            twins = random.sample(("ipclab", "c"), 2)
            found[way].append({twin: round_trip(way, twin, processor, library) for twin in twins})
    return found


def main(*chosen: str) -> int:
    try:
        library = str(compiled())
    except NotInstalled as error:
        print(f"not measured: {error}")
        return 0
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))       # all that it forks inherit it
    ways = chosen or WAYS
    found = measured(ways, library)
    print(f"{'round trip of 64 bytes':24} {'ipclab ns':>9} {'C ns':>9} {'ratio':>6}   promised: at most {BOUND}")
    missed = False
    for way in ways:
        ours, c = (min(pair[twin] for pair in found[way]) for twin in ("ipclab", "c"))
        ratio = ours / c
        missed |= ratio > BOUND
        print(f"{way.replace('_', ' '):24} {ours:9,.0f} {c:9,.0f} {ratio:6.2f}", "" if ratio <= BOUND else "  TOO MUCH")
    if _posix_queues.wait is _syscalls.mq_wait:
        print("  the POSIX queue's part in C was not built: install Python's headers (python3-dev), then make setup")
    return missed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
