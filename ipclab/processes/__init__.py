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
"""

from ._results import Outcome, Printed, ProgramRun, Run
from ._running import Running, program, run, start
from ._session import warm
from ._specs import GateFactory, Spec, process
from ._sweep import sweep

__all__ = ["GateFactory", "Outcome", "Printed", "ProgramRun", "Run", "Running", "Spec", "process", "program", "run",
           "start", "sweep", "warm"]
