"""Functions and programs as real processes, with a deadline, recorded, and nothing left behind.

    with Semaphore(0) as ready:
        result = run(process(waiter, ready), process(waker, ready))
    result["waiter"].status, result.printed, result.trace

A run's processes are forked by a *supervisor*, a process with one thread, made for this run from a warm *zygote*; never
by the caller, who may be a notebook's kernel with a dozen threads. The supervisor is their parent, adopts all that they
leave as orphans, and ends everything at the deadline, at Ctrl-C, or when the caller dies.

    caller ── zygote (one a session, `zygote.py`)
               └── supervisor (one a run, `_supervisor.py`)
                    ├── a process, which calls a function (`_child.py`)
                    └── another, or a program of its own

Names are imported when they are used: the zygote, whose every page its children share, needs none of them.
"""

from __future__ import annotations

from importlib import import_module

_WHERE = {
    "_results": ("Outcome", "Printed", "ProgramRun", "Run"),
    "_running": ("Running", "program", "run", "start"),
    "_session": ("warm",),
    "_specs": ("GateFactory", "Spec", "process"),
    "_sweep": ("sweep",),
}
_MODULE_OF = {name: module for module, names in _WHERE.items() for name in names}

__all__ = sorted(_MODULE_OF)


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'ipclab.processes' has no attribute {name!r}; it has: {', '.join(__all__)}")
    globals()[name] = value = getattr(import_module(f".{_MODULE_OF[name]}", __name__), name)
    return value
