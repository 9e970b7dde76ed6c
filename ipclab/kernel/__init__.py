"""What the kernel says about live processes: readable views of /proc and the System V tables, as plain data."""

from .graph import Process, WaitGraph
from .masks import SignalState, ThreadSignals, signal_name, signals
from .memory import (FramePair, Mapping, SharedFrames, address_of, find_mapping, maps, page_frames,
                     shared_frames)
from .open_files import Descriptor, Fill, Holder, descriptors, pipe_fill
from .states import State, blocked, state, wait_until_blocked
from .stuck import why_stuck
from .tables import Limit, MessageQueue, Segment, SemaphoreSet, SystemV, limit, limits, sysv_tables
from .waits import Wait

__all__ = ["Descriptor", "Fill", "FramePair", "Holder", "Limit", "Mapping", "MessageQueue", "Process", "Segment",
           "SemaphoreSet", "SharedFrames", "SignalState", "State", "SystemV", "ThreadSignals", "Wait", "WaitGraph",
           "address_of", "blocked", "descriptors", "find_mapping", "limit", "limits", "maps", "page_frames",
           "pipe_fill", "shared_frames", "signal_name", "signals", "state", "sysv_tables", "wait_until_blocked",
           "why_stuck"]
