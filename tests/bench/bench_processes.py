"""What a warm run of two processes costs, beside starting one fresh interpreter.

    python tests/bench/bench_processes.py

The two are measured in turns, so that whatever else the machine does meets both, and compared by their medians. "One at
a time" is a run when somebody asks for it: the next supervisor has been forked by then. "Back to back" asks for the next
run at once, as an exploration does, and so pays for all forks; it has no bound and is printed to keep it honest.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from ipclab.mechanisms.semaphores import Semaphore
from ipclab.processes import process, run

BOUND, TIMES = 0.25, 60


def two_processes(ready: Semaphore) -> None:
    run(process(ready.P, name="waiter"), process(ready.V, name="waker"))


def fresh_interpreter() -> None:
    subprocess.run([sys.executable, "-c", "pass"], check=True)


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def main() -> None:
    with Semaphore(0) as ready:
        two_processes(ready)                               # warm
        pairs = [(seconds(lambda: two_processes(ready)), seconds(fresh_interpreter)) for _ in range(TIMES)]
        in_a_row = seconds(lambda: [two_processes(ready) for _ in range(TIMES)]) / TIMES
    a_run, fresh = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"a fresh interpreter           {fresh * 1e3:7.2f} ms")
    print(f"two processes, one at a time  {a_run * 1e3:7.2f} ms   ratio {a_run / fresh:.2f}   bound {BOUND:.2f}   "
          f"{'kept' if a_run / fresh <= BOUND else 'BROKEN'}")
    print(f"two processes, back to back   {in_a_row * 1e3:7.2f} ms   ratio {in_a_row / fresh:.2f}")


if __name__ == "__main__":
    main()
