"""Wait until another process has changed a cell of shared memory, and enter the kernel only for that.

Who waits looks a little while, then raises its flag, has a barrier happen, looks once more, and sleeps on a semaphore.
Who changes the cell looks at the flag afterwards; if it is up, it lowers it and then posts the semaphore.

    the waiter      flag = 1;   fence;  look at the cell         the other      cell = new;  fence;  look at the flag

Without the fences both may look before their own store is seen by the other, and the waiter sleeps for ever: it is
Dekker's algorithm, and no machine keeps a store before a later load. But only the waiter has time to spare. Its
membarrier(2) makes a fence of wherever the other process is just now, so that the other needs none.

A flag that is up though nobody sleeps costs a needless post, and that a needless wake-up. A waiter never sleeps with
its flag down, for whoever lowers it posts next.
"""

from __future__ import annotations

import os
import time

from ._fences import Fence, barrier
from ._object import raised_here
from ._syscalls import sem_wait, sem_wait_within

__all__ = ["Waiter"]

USUAL_SPIN = 1000                    # looks: about as long as it takes to go to sleep and be woken


class Waiter:
    """Waits for cell number `cell` of `cells` to change; `flag` is the number of its flag, `bell` the
    `reference` to its semaphore. With a `fence` both sides fence; without, the barrier reaches the other side."""

    def __init__(self, cells: memoryview, cell: int, flag: int, bell: object, fence: Fence | None, spin: int | None):
        self._cells, self._cell, self._flag, self._bell = cells, cell, flag, bell
        self._order = fence or barrier
        self._spin, self._looks = spin, None

    def wait_while(self, value: int, timeout: float | None) -> int:
        """Return what the cell holds, once that is not `value`. Raises TimeoutError; OSError if membarrier is refused.

        A signal handler may run meanwhile; then it goes on waiting.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        if self._looks is None:
            self._looks = 1 + self._worth_spinning()
        for _ in range(self._looks):
            if (now := self._cells[self._cell]) != value:
                return now
        self._looks = None                       # it may be let run elsewhere meanwhile
        return self._sleep_while(value, deadline)

    def _worth_spinning(self) -> int:
        if self._spin is None:
            return USUAL_SPIN if len(os.sched_getaffinity(0)) > 1 else 0
        return self._spin

    def _sleep_while(self, value: int, deadline: float | None) -> int:
        try:
            while self._flag_up() == value:
                self._sleep(deadline)
                if self._cells[self._cell] != value:     # mostly; then the flag and its barrier are not needed again
                    break
        except TimeoutError as error:
            if self._cells[self._cell] == value or not raised_here(error):
                raise
        finally:
            self._cells[self._flag] = 0
        return self._cells[self._cell]

    def _flag_up(self) -> int:
        """Raise the flag, and look only then."""
        self._cells[self._flag] = 1
        self._order()
        return self._cells[self._cell]

    def _sleep(self, deadline: float | None) -> None:
        with self._cells[:1]:                    # a view in use: nobody unmaps it while we sleep
            if deadline is None:
                sem_wait(self._bell)             # or a handler has run, and we look again
            else:
                try:
                    sem_wait_within(self._bell, max(0.0, deadline - time.monotonic()))
                except InterruptedError as error:
                    if not raised_here(error):   # but by the handler itself
                        raise
