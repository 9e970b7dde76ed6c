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
- `plan.py` says which trials a run has; `measuring.py` is the run.
- `results.py` is what comes out.
"""

from __future__ import annotations

from importlib import import_module

_WHERE = {
    "machine": ("CROSS", "SAME"),
    "measuring": ("LONG", "QUICK", "latency", "measure", "throughput"),
    "results": ("Latency", "Machine", "Measurement", "Throughput", "ecdf", "load", "quantile", "save"),
    "trial": ("LATENCY", "THROUGHPUT"),
    "ways": ("TWINS", "WAYS"),
}
_MODULE_OF = {name: module for module, names in _WHERE.items() for name in names}

__all__ = sorted(_MODULE_OF)


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'ipclab.measure' has no attribute {name!r}; it has: {', '.join(__all__)}")
    globals()[name] = value = getattr(import_module(f".{_MODULE_OF[name]}", __name__), name)
    return value
