"""The shared page by which the explorer and its workers agree on whose turn it is.

A run follows a schedule, a list of process numbers. Whoever has performed its operation hands the turn to the next in
the list, without asking the controller; at the end of the list the controller has it. So repeating a known prefix costs
one switch for each change of process, and nothing for going on.

Beyond the end of the list, the last process may be allowed to go on by itself for some steps. It does so only with
operations on single numbers, semaphores and cells of memory, and notes for each what it left there; it stops where it
would have to wait.
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
        self._map = mmap.mmap(-1, 8 * (_HEAD + _PROCESSES + 2 * LONGEST) + LONGEST)
        whole = memoryview(self._map)
        starts = [0, *itertools.accumulate(8 * n for n in (_HEAD, _PROCESSES, LONGEST, LONGEST)), len(whole)]
        head, pending, steps, left, schedule = (whole[a:b] for a, b in itertools.pairwise(starts))
        self.head: memoryview = head.cast("q")
        self.pending: memoryview = pending.cast("q")     # by process: the number of the operation it stands before
        self.schedule: memoryview = schedule             # by step: the process, in one byte
        self.steps: memoryview = steps.cast("i")         # by step: two numbers, of the operation and of its result
        self.did: memoryview = steps.cast("q")           # the same, the two as one
        self.left: memoryview = left.cast("q")           # by step, if it is noted: the number left in the object

    def raw(self, first: int, end: int) -> bytes:
        """What is noted of these steps; equal for equal steps of the same workers."""
        return self.did[first:end].tobytes()

    # Places in `head`. UNTIL: up to which position the process that is at work may go on by itself; 0: not at all.
    RUN, POSITION, LENGTH, ASK, TELL, UNTIL = range(6)


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
