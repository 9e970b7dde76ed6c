"""Which accesses to shared memory the other process sees in their order, and how to have it so where it is not.

Python has no fence of its own. What a ring needs:

- **Stores in order, loads in order, a load before a later store.** x86-64 keeps all three by itself (Intel SDM 3A,
  "Memory Ordering": only a store may be seen later than a load that follows it). Arm and RISC-V keep none of them.
- **A store before a later load.** No machine keeps that by itself.

`Fence` is a full fence that any machine can be given: to release a lock and take it again. The release is a
store-release ([L] in the Arm model), the taking a load-acquire ([A]): what stands before [L] is ordered before it, what
stands behind [A] after it, and [L] is ordered before a later [A] (Arm ARM B2.3, "Barrier-ordered-before"; in
aarch64.cat of herdtools7 `[R|W]; po; [L]`, `[L]; po; [A]` and `[A|Q]; po; [R|W]`). On x86-64 each of the two is a
locked instruction, and that is a full fence, too. CPython's lock is glibc's sem_post(3) and sem_trywait(3), a
compare-and-exchange of the one kind and of the other; from 3.13.1 on it is PyMutex, whose compare-and-exchange is both
at once (cpython#125110).

`barrier()` has a fence happen in all *other* processes, wherever they stand, so that these need none; membarrier(2),
MEMBARRIER_CMD_GLOBAL_EXPEDITED, for those that said `reachable()`. A forked child is as reachable as its parent.

How it was tried for Arm: `tests/mechanisms/test_ring_order.py` tries in a model each order that Arm permits. `make arm`
runs the tests on an emulated Arm machine, and the ring's pass there (Linux 6.1, CPython 3.11): its fences are taken and
its membarrier is made, as strace shows. In glibc 2.36 there, sem_post is CASL or STLXR, and sem_trywait is CASA or
LDAXR, as was said above. But the emulator keeps the order of the x86-64 below it. No Arm processor has run this yet.
"""

from __future__ import annotations

import os
import threading

from . import _syscalls as syscalls

__all__ = ["Fence", "barrier", "keeps_order", "reachable"]

_GLOBAL_EXPEDITED, _REGISTER_GLOBAL_EXPEDITED = 1 << 1, 1 << 2      # linux/membarrier.h


class Fence:
    """A full fence: what this process loads and stores after `fence()` happens after all that stands before it.

    For one thread at a time.
    """

    def __init__(self) -> None:
        lock = threading.Lock()
        self._take, self._release = lock.acquire, lock.release

    def __call__(self) -> None:
        self._take(False)                    # it is taken already, unless a handler's exception came in between below
        self._release()
        self._take(False)


def keeps_order(machine: str | None = None) -> bool:
    """Does this machine keep all order but that of a store before a load? One that we do not know does not."""
    return (machine or os.uname().machine) in ("x86_64", "AMD64")


def reachable() -> bool:
    """From now on `barrier()` of other processes reaches this one. False where the kernel does not have or allow it."""
    try:
        syscalls.membarrier(_REGISTER_GLOBAL_EXPEDITED)
    except OSError:
        return False
    return True


def barrier() -> None:
    """A full fence here and in every reachable process that is running now. Raises OSError where it is not allowed."""
    syscalls.membarrier(_GLOBAL_EXPEDITED)
