"""Traces and kernel views as pictures. Drawers read plain data and never run anything.

    space_time(run.trace)                                   what happened in a run, step by step
    wait_graph(kernel.why_stuck(pids))                      who waits for whom
    descriptor_table({"parent": kernel.descriptors(pid)})   who has what open
    page_tables(kernel.shared_frames(…))                    two address spaces, one memory
    signal_masks(kernel.signals(pid))                       what becomes of each signal
    pipe_gauge(waiting, capacity)                           how full a channel is

Each returns a Picture, which shows itself in a notebook, is the same in words (`.text`), and saves as a page.
"""

from __future__ import annotations

from .picture import Picture
from .printout import Printout, printout
from .spacetime import space_time
from .views import descriptor_table, page_tables, pipe_gauge, signal_masks, wait_graph

__all__ = ["Picture", "Printout", "descriptor_table", "page_tables", "pipe_gauge", "printout", "signal_masks",
           "space_time", "wait_graph"]
