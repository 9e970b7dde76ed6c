"""The shared page by which the explorer and its workers agree on whose turn it is.

A run follows a schedule, a list of process numbers. Whoever has performed its operation hands the turn to the next in
the list, without asking the controller; at the end of the list the controller has it. So repeating a known prefix costs
one switch for each change of process, and nothing for going on.
"""

from __future__ import annotations

import itertools
import mmap

import posix_ipc

__all__ = ["FINISHED", "LONGEST", "Page", "Turn"]

LONGEST = 4000                       # operations of a run
FINISHED = -2                        # a pending operation of FINISHED - n: the process ended with result number n
_HEAD, _PROCESSES = 8, 56


class Page:
    """Numbers in shared memory. Made before the workers are forked, who inherit it."""

    def __init__(self) -> None:
        self._map = mmap.mmap(-1, 4 * (_HEAD + _PROCESSES + 3 * LONGEST))
        cells = memoryview(self._map).cast("i")
        starts = [0, _HEAD, *(_HEAD + _PROCESSES + i * LONGEST for i in range(4))]
        head, pending, schedule, operations, results = (cells[a:b] for a, b in itertools.pairwise(starts))
        self.head = head
        self.pending: memoryview = pending           # by process: the number of the operation it stands before
        self.schedule = schedule.cast("B")           # by step: the process, in one byte
        self.operations: memoryview = operations     # by step: the operation's number in its process's own list
        self.results: memoryview = results           # by step: the same for results

    # Places in `head`
    RUN, POSITION, LENGTH, ASK, TELL = range(5)


class Turn:
    """A semaphore without a name: `give` from one process, `take` in the other."""

    def __init__(self) -> None:
        self._semaphore = posix_ipc.Semaphore(None, posix_ipc.O_CREX, mode=0o600, initial_value=0)
        self._semaphore.unlink()
        self.give = self._semaphore.release

    def take(self) -> None:
        while True:
            try:
                return self._semaphore.acquire()
            except posix_ipc.SignalError:
                pass

    def take_within(self, seconds: float) -> bool:
        try:
            self._semaphore.acquire(seconds)
        except (posix_ipc.BusyError, posix_ipc.SignalError):
            return False
        return True
