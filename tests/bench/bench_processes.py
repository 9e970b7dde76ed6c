"""What a warm run of two processes costs, beside starting one fresh interpreter.

    python tests/bench/bench_processes.py

The two are measured in turns, so that whatever else the machine does meets both, and compared by their medians. "One at
a time" is a run when somebody asks for it: the next supervisor has been forked by then, and neither that fork nor its
sleep is let into the interpreter's time. "Back to back" asks for the next run at once, as an exploration does, and so
pays for all forks; it has no bound and is printed to keep the comparison honest.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from ipclab import errors, kernel
from ipclab.mechanisms.semaphores import Semaphore
from ipclab.processes import process, run
from ipclab.processes._tree import descendants

BOUND, TIMES = 0.25, 60


def two_processes(ready: Semaphore) -> None:
    run(process(ready.P, name="waiter"), process(ready.V, name="waker"))


def fresh_interpreter() -> None:
    subprocess.run([sys.executable, "-c", "pass"], check=True)


def settled() -> bool:
    """The zygote, the next supervisor and its two processes wait to be asked."""
    try:
        return [kernel.state(pid).letter for pid in descendants(os.getpid())] == ["S"] * 4
    except errors.NotFound:
        return False


def one_at_a_time(ready: Semaphore) -> tuple[float, float]:
    while not settled():
        os.sched_yield()
    a_run = seconds(lambda: two_processes(ready))
    while not settled():
        os.sched_yield()
    return a_run, seconds(fresh_interpreter)


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def main() -> bool:
    with Semaphore(0) as ready:
        two_processes(ready)                               # warm
        pairs = [one_at_a_time(ready) for _ in range(TIMES)]
        in_a_row = seconds(lambda: [two_processes(ready) for _ in range(TIMES)]) / TIMES
    a_run, fresh = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"a fresh interpreter           {fresh * 1e3:7.2f} ms")
    print(f"two processes, one at a time  {a_run * 1e3:7.2f} ms   ratio {a_run / fresh:.2f}   bound {BOUND:.2f}   "
          f"{'kept' if a_run / fresh <= BOUND else 'BROKEN'}")
    print(f"two processes, back to back   {in_a_row * 1e3:7.2f} ms   ratio {in_a_row / fresh:.2f}")
    return a_run / fresh > BOUND


if __name__ == "__main__":
    sys.exit(main())
