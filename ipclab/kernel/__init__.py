"""What the kernel says about live processes: readable views of /proc and the System V tables, as plain data."""

from .masks import SignalState, ThreadSignals, signal_name, signals
from .open_files import Descriptor, Fill, Holder, descriptors, pipe_fill
from .states import State, blocked, state, wait_until_blocked

__all__ = ["Descriptor", "Fill", "Holder", "SignalState", "State", "ThreadSignals", "blocked", "descriptors",
           "pipe_fill", "signal_name", "signals", "state", "wait_until_blocked"]
