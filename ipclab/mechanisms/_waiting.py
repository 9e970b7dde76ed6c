"""Wait until another process has changed a cell of shared memory, and enter the kernel only for that.

Who waits looks a little while, then raises its flag, has a barrier happen, looks once more, and sleeps on a semaphore.
Who changes the cell looks at the flag afterwards; if it is up, it posts the semaphore.

    the waiter     flag = ticket;  fence;  look at the cell       the other     cell = new;  fence;  look at the flag

Without the fences both may look before their own store is seen by the other, and the waiter sleeps for ever: it is
Dekker's algorithm, and no machine keeps a store before a later load. But only the waiter has time to spare. Its
membarrier(2) makes a fence of wherever the other process is just now, so that the other needs none.

Either may be killed at any moment, and another process take its place. So the flag has one writer, the waiter, and
what it writes is a ticket: the least that the cell must hold for it to go on. The cell only grows, so once the cell has
come so far and a post was made, nobody needs another for that ticket. The other notes it, in its own memory
(`Bell.rung_for`), and posts for later ones only. Who takes its place knows of no post, and posts. Who goes to sleep, or
finds that it would have to, wakes the other before: in a ring with one slot there may be nothing else that it can do
for it, after whoever had its place died just before the post.

A ticket above the cell is of one who has taken all that is there and waits for more. It is left alone: a post now would
be noted, perhaps be used up for nothing, and there would be none when there is more.

A needless post costs a needless wake-up, and who is to sleep uses up all of them first. For one ticket each process
that acts makes one post at most.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable

from ._fences import Fence, barrier
from ._object import raised_here, seconds
from ._syscalls import sem_post, sem_wait, sem_wait_within

__all__ = ["Bell", "Waiter"]

USUAL_SPIN = 1000                    # looks: about as long as it takes to go to sleep and be woken


class Bell:
    """What one side sleeps on until cell number `cell` of `cells` has grown: the number of its flag among them, and the
    `reference` to its semaphore."""

    def __init__(self, cells: memoryview, cell: int, flag: int, semaphore: object):
        self._cells, self._cell, self.flag, self.semaphore = cells, cell, flag, semaphore
        self.rung_for = 0                        # the last ticket for which this process has posted

    def ring(self) -> None:
        """Wake who sleeps on it though the cell has grown, if this process has not done so already."""
        if (ticket := self._cells[self.flag]) and self.rung_for < ticket <= self._cells[self._cell]:
            sem_post(self.semaphore)
            self.rung_for = ticket


class Waiter:
    """Waits on its `bell` for cell number `cell` of `cells` to grow; the `other` bell is that of whoever makes it grow.

    With a `fence` both sides fence; without, the barrier reaches the other side.
    """

    def __init__(self, cells: memoryview, cell: int, bell: Bell, other: Bell, fence: Fence | None, spin: int | None):
        self._cells, self._cell, self._flag, self._bell, self._other = cells, cell, bell.flag, bell.semaphore, other
        self._order = fence or barrier
        self._spin, self._looks = spin, None
        self._asleep: int | None = None          # the thread
        self._afterwards: list[Callable[[], None]] = []

    def wait_while(self, value: int, timeout: float | None) -> int:
        """Return what the cell holds, once that is not `value`. Raises TimeoutError; OSError if membarrier is refused.

        A signal handler may run meanwhile; then it goes on waiting.
        """
        deadline = None if timeout is None else time.monotonic() + seconds(timeout)
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
            while self._flag_up(value + 1) == value:
                self._other.ring()
                self._sleep(deadline)
                if self._cells[self._cell] != value:     # mostly; then the flag and its barrier are not needed again
                    break
        except TimeoutError as error:
            if not raised_here(error) or self._cells[self._cell] == value:
                raise
        finally:
            with contextlib.suppress(ValueError):        # a signal handler has closed it
                self._cells[self._flag] = 0
        return self._cells[self._cell]

    def _flag_up(self, ticket: int) -> int:
        """Raise the flag, and look only then."""
        self._cells[self._flag] = ticket
        self._order()
        return self._cells[self._cell]

    def _sleep(self, deadline: float | None) -> None:
        self._asleep = threading.get_ident()
        try:
            with self._cells[:1]:                # a view in use: nobody unmaps it while we sleep
                self._sleep_on_bell(deadline)
        finally:
            self._asleep = None
            for each in self._afterwards:
                each()

    def _sleep_on_bell(self, deadline: float | None) -> None:
        if deadline is None:
            sem_wait(self._bell)                 # or a handler has run, and we look again
        else:
            try:
                sem_wait_within(self._bell, max(0.0, deadline - time.monotonic()))
            except InterruptedError as error:
                if not raised_here(error):       # but by the handler itself
                    raise

    def after_sleep(self, action: Callable[[], None]) -> bool:
        """Is the caller a signal handler that has interrupted the sleep of its own thread? Then do it when that ends."""
        inside = self._asleep == threading.get_ident()
        if inside:
            self._afterwards.append(action)
        return inside
