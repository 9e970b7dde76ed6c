"""How fast is which mechanism, where, and why: two real processes, every round trip timed, on this machine.

    from ipclab.measure import measure, save

    found = measure(ways=["pipe", "ring"], sizes=[64])
    [(one.way, one.twin, one.placement, one.median) for one in found.latency]
    save(found, "mine.json")

What makes the figures honest: all is warm, and all memory touched, before it counts; both sides look at what arrives;
on which processors the two run is chosen, not left to chance; everything is in one run, in random order, in several
rounds; beside the time by the clock stand processor time, context switches and system calls of both sides.

- `ways.py` says what is measured, and `_streams`, `_queues`, `_slots` and `_others` how each is called; `twin.c` does
  the same in C.
- `trial.py` is what the two processes do, `bench.py` the process that forks them, `asker.py` the line to it.
- `plan.py` says which trials a run has; `measuring.py` is the run, `pace.py` how far it is.
- `results.py` is what comes out.
"""

from __future__ import annotations

from .machine import CROSS, SAME
from .measuring import LONG, QUICK, latency, measure, throughput
from .results import Latency, Machine, Measurement, Throughput, ecdf, load, quantile, save
from .trial import LATENCY, THROUGHPUT
from .ways import TWINS, WAYS

__all__ = ["CROSS", "LATENCY", "LONG", "Latency", "Machine", "Measurement", "QUICK", "SAME", "THROUGHPUT", "TWINS",
           "Throughput", "WAYS", "ecdf", "latency", "load", "measure", "quantile", "save", "throughput"]
