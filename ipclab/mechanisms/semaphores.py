"""Semaphores: counters that several processes share, with two atomic operations.

`P` (probeer, try) waits until the counter is above zero and takes one; `V` (verhoog, raise) adds one and may wake a
process that waits in `P`. Book: chapter Semaphores. Manual: semop(2), semctl(2), sem_overview(7).
"""

from __future__ import annotations

import errno
from contextlib import AbstractContextManager
from typing import Any

import posix_ipc
import sysv_ipc
from _multiprocessing import SemLock             # the inside of multiprocessing.Semaphore, which opens no existing name

from .. import errors
from ..gate import operation
from . import _syscalls as syscalls
from . import ledger
from ._object import KernelObject, explained, patiently, translated, within
from ._systemv import ERRORS, failed, interrupted, made, opened

__all__ = ["PosixSemaphore", "Semaphore"]

_COUNTER = 1                                     # the kind of SemLock that is no mutex


class _Held:
    """Not contextlib's, whose frames would stand between the caller's line and the trace."""

    def __init__(self, semaphore: _Counter):
        self.semaphore = semaphore

    def __enter__(self) -> None:
        self.semaphore.P()

    def __exit__(self, *_: object) -> None:
        self.semaphore.V()


class _Counter(KernelObject):
    """What both kinds share."""

    maximum = 0

    def _checked(self, call: str, value: int) -> int:
        if isinstance(value, int) and 0 <= value <= self.maximum:
            return value
        raise errors.Misuse(call, f"{self.family} {self.label!r}",
                            hint=f"The initial value must be a whole number from 0 to {self.maximum}, not {value!r}.")

    def _out_of_time(self, timeout: float) -> errors.TimedOut:
        return errors.TimedOut("P", f"{self.family} {self.label!r}", errno.ETIMEDOUT,
                               f"Nobody did V {within(timeout)}; the value is {self.state()}.")

    def _too_high(self, error: Exception) -> errors.LimitReached:
        return errors.LimitReached("V", f"{self.family} {self.label!r}", errno.ERANGE,
                                   f"It cannot count beyond {self.maximum}. Are there more V than P?")

    def held(self) -> AbstractContextManager[None]:
        """`with mutex.held():` is P before the block and V after it, also when the block raises."""
        return _Held(self)

    def may(self, kind: str, *args: Any, **kwargs: Any) -> bool:
        return kind != "P" or self.state() != 0


class Semaphore(_Counter):
    """A System V semaphore with the initial value `value`.

    It lives in the kernel until somebody removes it or the kernel restarts: `remove()`, a with block, or the end of the
    process that made it takes it away. With `undo=True` the kernel takes back what a process did if it ends without
    doing so itself (SEM_UNDO), so a holder that dies leaves the semaphore free. That is for a mutex, whose P and V are
    done by the same process: a V that was a message to others would be taken back, too.
    """

    family = "System V semaphore"
    maximum = sysv_ipc.SEMAPHORE_VALUE_MAX

    def __init__(self, value: int = 1, *, label: str | None = None, undo: bool = False, mode: int = 0o600):
        super().__init__(label)
        self._checked("semget", value)
        try:
            semaphore = made(sysv_ipc.Semaphore, "sysv sem", mode=mode, initial_value=value)
        except ERRORS as error:
            raise explained(error, "semget", self)
        self._use(semaphore, undo)

    def _use(self, semaphore: sysv_ipc.Semaphore, undo: bool) -> None:
        # Two handles: if P_nowait switched `block` off on the one and only, a handler's P could slip through just then.
        self._semaphore = semaphore
        self._hasty = opened(sysv_ipc.Semaphore, semaphore.key, semaphore.id, "semget", self)
        self._hasty.block = False
        self._semaphore.undo = self._hasty.undo = self.undo = undo

    @operation("take")
    def P(self, timeout: float | None = None) -> None:
        """Wait until the value is above zero, then take one.

        Blocks; testing and taking are one atomic step (semop(2)). `timeout` is in seconds: raises TimedOut when it goes
        by, with nothing taken. A signal handler may run meanwhile; P then goes on waiting. Raises Removed if the
        semaphore is removed while we wait.
        """
        if timeout is not None:
            return self._timed_P(timeout)
        while True:
            try:
                return self._semaphore.P()
            except ERRORS as error:
                if not interrupted(error):
                    raise failed(error, "P", self) from error
            # The handler has run; as PEP 475 has it, go on waiting.

    def _timed_P(self, timeout: float) -> None:
        try:
            patiently(lambda left: syscalls.semtimedop(self.id, -1, self.undo, left), timeout, interrupted,
                      lambda: self._out_of_time(timeout))
        except OSError as error:
            raise failed(error, "P", self) from error

    @operation("take", blocks=False)
    def P_nowait(self) -> None:
        """Take one if the value is above zero, else raise WouldBlock; never waits (IPC_NOWAIT)."""
        try:
            self._hasty.P()
        except ERRORS as error:
            raise failed(error, "P_nowait", self) from error

    @operation("give", blocks=False)
    def V(self) -> None:
        """Add one, and let one process that waits in P go on. Atomic; never blocks. Raises LimitReached at 32767."""
        try:
            self._semaphore.V()
        except ValueError as error:
            raise self._too_high(error) from error
        except ERRORS as error:
            raise failed(error, "V", self) from error

    @property
    def value(self) -> int:
        """The counter at this moment. By the time you look at it, it may be another."""
        try:
            return self._semaphore.value
        except ERRORS as error:
            raise failed(error, "semctl(GETVAL)", self) from error

    @property
    def waiting(self) -> int:
        """How many processes wait in P now (semctl(2), GETNCNT)."""
        try:
            return self._semaphore.waiting_for_nonzero
        except ERRORS as error:
            raise failed(error, "semctl(GETNCNT)", self) from error

    @property
    def id(self) -> int:
        """The kernel's number for it, as `ipcs -s` shows it."""
        return self._semaphore.id

    def state(self) -> int | None:
        try:
            return self._semaphore.value
        except ERRORS:
            return None

    def remove(self) -> None:
        """Take it out of the kernel at once; whoever waits in P gets Removed."""
        try:
            self._semaphore.remove()
        except sysv_ipc.ExistentialError:
            pass                                             # somebody else was first
        except ERRORS as error:
            raise failed(error, "semctl(IPC_RMID)", self) from error
        ledger.release("sysv sem", self._semaphore.key)

    def __getstate__(self) -> dict:
        state = {**self.__dict__, "_semaphore": (self._semaphore.key, self.id)}
        del state["_hasty"]
        return state

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state)
        key, id = state["_semaphore"]
        self._use(opened(sysv_ipc.Semaphore, key, id, "semget", self), self.undo)


class PosixSemaphore(_Counter):
    """A POSIX semaphore with the initial value `value`: a counter in shared memory, the kernel called only to wait.

    It is named (it shows as /dev/shm/sem.NAME) and has no undo: a holder that dies leaves it taken. Uncontended P and
    V are no system calls. Removing it takes the name away; who has it open goes on, and who waits goes on waiting.
    """

    family = "POSIX semaphore"
    maximum = posix_ipc.SEMAPHORE_VALUE_MAX

    def __init__(self, value: int = 1, *, label: str | None = None, mode: int = 0o600):
        super().__init__(label)
        self._checked("sem_open", value)
        name = ledger.drawn_name()
        try:
            with ledger.making("posix sem", name):
                semaphore = posix_ipc.Semaphore(name, posix_ipc.O_CREX, mode=mode, initial_value=value)
        except (OSError, posix_ipc.Error) as error:
            raise explained(error, "sem_open", self)
        self._use(semaphore)

    def _use(self, semaphore: posix_ipc.Semaphore) -> None:
        # posix_ipc's own way to wait drops what a signal handler raises meanwhile. CPython's is as fast and does not.
        self._semaphore, self._waiter = semaphore, SemLock._rebuild(0, _COUNTER, self.maximum, semaphore.name)

    @operation("take")
    def P(self, timeout: float | None = None) -> None:
        """Wait until the value is above zero, then take one; sem_wait(3).

        Blocks; testing and taking are one atomic step. `timeout` is in seconds: raises TimedOut when it goes by, with
        nothing taken. A signal handler may run meanwhile; P then goes on waiting.
        """
        if timeout is None:
            self._waiter.acquire()                           # no system call if it is free
        else:
            self._timed_P(timeout)

    def _timed_P(self, timeout: float) -> None:
        patiently(lambda left: syscalls.sem_wait_within(self._address, left), timeout, interrupted,
                  lambda: self._out_of_time(timeout))

    @property
    def _address(self) -> object:
        return syscalls.reference(self._waiter.handle)

    @operation("take", blocks=False)
    def P_nowait(self) -> None:
        """Take one if the value is above zero, else raise WouldBlock; never waits (sem_trywait(3))."""
        try:
            self._semaphore.acquire(0)
        except posix_ipc.BusyError as error:
            raise explained(error, "P_nowait", self) from error

    @operation("give", blocks=False)
    def V(self) -> None:
        """Add one, and let one process that waits in P go on; sem_post(3). Atomic; never blocks."""
        try:
            self._semaphore.release()
        except OSError as error:
            raise self._too_high(error) if error.errno == errno.EOVERFLOW else error

    @property
    def value(self) -> int:
        """The counter at this moment; sem_getvalue(3)."""
        return self._semaphore.value

    @property
    def name(self) -> str:
        """Its name for sem_open(3); the file is /dev/shm/sem.NAME."""
        return self._semaphore.name

    def state(self) -> int:
        return self._semaphore.value

    def remove(self) -> None:
        """Unlink the name; processes that have it open go on using it."""
        try:
            posix_ipc.unlink_semaphore(self.name)
        except posix_ipc.ExistentialError:
            pass                                             # somebody else was first
        except posix_ipc.Error as error:
            raise explained(error, "sem_unlink", self) from error
        ledger.release("posix sem", self._semaphore.name)

    def __getstate__(self) -> dict:
        state = {**self.__dict__, "_semaphore": self._semaphore.name}
        del state["_waiter"]
        return state

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state)
        try:
            self._use(posix_ipc.Semaphore(state["_semaphore"]))
        except (OSError, posix_ipc.Error) as error:
            raise translated(error, "sem_open", self, "It was removed before this process could find it.") from error
