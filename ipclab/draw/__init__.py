"""Traces and kernel views as pictures. Drawers read plain data and never run anything.

    space_time(run.trace)                                   what happened in a run, step by step
    wait_graph(kernel.why_stuck(pids))                      who waits for whom
    descriptor_table({"parent": kernel.descriptors(pid)})   who has what open
    page_tables(kernel.shared_frames(…))                    two address spaces, one memory
    signal_masks(kernel.signals(pid))                       what becomes of each signal
    pipe_gauge(waiting, capacity)                           how full a channel is
    message_list(kernel.sysv_tables().queues[0], listed)    a queue's linked list
    user_stack([StackPart(…)], [StackPart(…), …])           a stack before and during a handler

Each returns a Picture, which shows itself in a notebook, is the same in words (`.text`), and saves as a page.
"""

from __future__ import annotations

from .picture import Picture
from .printout import Printout, printout
from .spacetime import space_time
from .stacks import StackPart, message_list, user_stack
from .views import descriptor_table, page_tables, pipe_gauge, signal_masks, wait_graph

__all__ = ["Picture", "Printout", "StackPart", "descriptor_table", "message_list", "page_tables", "pipe_gauge",
           "printout", "signal_masks", "space_time", "user_stack", "wait_graph"]
