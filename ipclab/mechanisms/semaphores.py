"""Semaphores: counters that several processes share, with two atomic operations.

`P` (probeer, try) waits until the counter is above zero and takes one; `V` (verhoog, raise) adds one and may wake a
process that waits in `P`. Book: chapter Semaphores. Manual: semop(2), semctl(2), sem_overview(7).
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from typing import Any

import posix_ipc
import sysv_ipc

from .. import errors
from ..gate import operation
from . import ledger
from ._object import KernelObject, patiently, translated
from ._semtimedop import timed_P

__all__ = ["PosixSemaphore", "Semaphore"]


class Semaphore(KernelObject):
    """A System V semaphore with the initial value `value`.

    It lives in the kernel until somebody removes it or the kernel restarts: `remove()`, a with block, or the end of the
    process that made it takes it away. With `undo=True` the kernel takes back what a process did if it ends without
    doing so itself (SEM_UNDO), so a holder that dies leaves the semaphore free.
    """

    family = "System V semaphore"

    def __init__(self, value: int = 1, *, label: str | None = None, undo: bool = False, mode: int = 0o600):
        super().__init__(label)
        if not isinstance(value, int) or not 0 <= value <= sysv_ipc.SEMAPHORE_VALUE_MAX:
            raise errors.Misuse("semget", f"semaphore {self.label!r}",
                                hint=f"The initial value must be a whole number from 0 to 32767, not {value!r}.")
        try:
            self._semaphore = sysv_ipc.Semaphore(None, sysv_ipc.IPC_CREX, mode=mode, initial_value=value)
        except sysv_ipc.Error as error:
            raise translated(error, "semget", self) from error
        self._semaphore.undo = undo
        ledger.claim("sysv sem", self._semaphore.id, self._semaphore.key)

    @operation("take")
    def P(self, timeout: float | None = None) -> None:
        """Wait until the value is above zero, then take one.

        Blocks; testing and taking are one atomic step (semop(2)). `timeout` is in seconds: raises TimedOut when it goes
        by, with nothing taken. A signal handler may run meanwhile; P then goes on waiting. Raises Removed if the
        semaphore is removed while we wait.
        """
        if timeout is not None:
            return self._timed_P(timeout)
        try:
            self._semaphore.P()
        except sysv_ipc.Error as error:
            if not _interrupted(error):
                raise self._gone("P", error) from error
            self.P()                                        # the handler has run; as PEP 475, go on waiting

    def _timed_P(self, timeout: float) -> None:
        try:
            patiently(lambda left: timed_P(self.id, self._semaphore.undo, left), timeout,
                      lambda error: isinstance(error, InterruptedError))
        except BlockingIOError:
            raise errors.TimedOut("P", f"semaphore {self.label!r}", errno.EAGAIN,
                                  f"Nobody did V within {timeout:g} s; the value is {self.state()}.") from None
        except OSError as error:
            raise self._gone("P", error) from error

    def _gone(self, call: str, error: Exception) -> errors.Removed:
        return errors.Removed(call, f"semaphore {self.label!r}", errno.EIDRM,
                              "It was removed, perhaps while we waited. Was it removed too early?")

    @operation("take", blocks=False)
    def P_nowait(self) -> None:
        """Take one if the value is above zero, else raise WouldBlock; never waits (IPC_NOWAIT)."""
        self._semaphore.block = False
        try:
            self._semaphore.P()
        except sysv_ipc.BusyError as error:
            raise translated(error, "P_nowait", self) from error
        except sysv_ipc.Error as error:
            raise self._gone("P_nowait", error) from error
        finally:
            self._semaphore.block = True

    @operation("give", blocks=False)
    def V(self) -> None:
        """Add one, and let one process that waits in P go on. Atomic; never blocks."""
        try:
            self._semaphore.V()
        except sysv_ipc.Error as error:
            raise self._gone("V", error) from error
        except ValueError as error:
            raise errors.LimitReached("V", f"semaphore {self.label!r}", errno.ERANGE) from error

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """`with mutex.held():` is P before the block and V after it, also when the block raises."""
        self.P()
        try:
            yield
        finally:
            self.V()

    @property
    def value(self) -> int:
        """The counter at this moment. By the time you look at it, it may be another."""
        try:
            return self._semaphore.value
        except sysv_ipc.Error as error:
            raise translated(error, "semctl(GETVAL)", self) from error

    @property
    def waiting(self) -> int:
        """How many processes wait in P now (semctl(2), GETNCNT)."""
        return self._semaphore.waiting_for_nonzero

    @property
    def id(self) -> int:
        """The kernel's number for it, as `ipcs -s` shows it."""
        return self._semaphore.id

    def state(self) -> int | None:
        try:
            return self._semaphore.value
        except sysv_ipc.Error:
            return None

    def may(self, kind: str, *args: Any, **kwargs: Any) -> bool:
        return kind != "P" or self._semaphore.value > 0

    def remove(self) -> None:
        with contextlib.suppress(sysv_ipc.Error):
            self._semaphore.remove()
        ledger.release("sysv sem", self._semaphore.id)

    def __getstate__(self) -> dict:
        return {**self.__dict__, "_semaphore": (self._semaphore.key, self._semaphore.undo)}

    def __setstate__(self, state: dict) -> None:
        key, undo = state["_semaphore"]
        self.__dict__.update(state)
        try:
            self._semaphore = sysv_ipc.Semaphore(key)
        except sysv_ipc.Error as error:
            raise translated(error, "semget", f"semaphore {self.label!r}") from error
        self._semaphore.undo = undo


def _interrupted(error: Exception) -> bool:
    return "Signaled" in str(error)


class PosixSemaphore(KernelObject):
    """A POSIX semaphore with the initial value `value`: a counter in shared memory, the kernel called only to wait.

    It is named (it shows as /dev/shm/sem.NAME) and has no undo. Uncontended P and V are no system calls.
    """

    family = "POSIX semaphore"

    def __init__(self, value: int = 1, *, label: str | None = None, mode: int = 0o600):
        super().__init__(label)
        if not isinstance(value, int) or not 0 <= value <= posix_ipc.SEMAPHORE_VALUE_MAX:
            raise errors.Misuse("sem_open", f"semaphore {self.label!r}",
                                hint=f"The initial value must be a whole number from 0 up, not {value!r}.")
        try:
            self._semaphore = posix_ipc.Semaphore(None, posix_ipc.O_CREX, mode=mode, initial_value=value)
        except (OSError, posix_ipc.Error) as error:
            raise translated(error, "sem_open", self) from error
        ledger.claim("posix sem", self._semaphore.name)

    @operation("take")
    def P(self, timeout: float | None = None) -> None:
        """Wait until the value is above zero, then take one; sem_wait(3). Blocks; atomic. `timeout` in seconds."""
        try:
            patiently(self._semaphore.acquire, timeout, lambda e: isinstance(e, posix_ipc.SignalError))
        except posix_ipc.BusyError:
            raise errors.TimedOut("P", f"semaphore {self.label!r}", None,
                                  f"Nobody did V within {timeout:g} s; the value is {self._semaphore.value}.") from None

    @operation("take", blocks=False)
    def P_nowait(self) -> None:
        """Take one if the value is above zero, else raise WouldBlock; never waits (sem_trywait(3))."""
        try:
            self._semaphore.acquire(0)
        except posix_ipc.BusyError as error:
            raise translated(error, "P_nowait", self) from error

    @operation("give", blocks=False)
    def V(self) -> None:
        """Add one, and let one process that waits in P go on; sem_post(3). Atomic; never blocks."""
        try:
            self._semaphore.release()
        except (OSError, posix_ipc.Error) as error:
            raise translated(error, "V", self) from error

    held = Semaphore.held

    @property
    def value(self) -> int:
        """The counter at this moment; sem_getvalue(3)."""
        return self._semaphore.value

    @property
    def name(self) -> str:
        """Its name for sem_open(3); the file is /dev/shm/sem.NAME."""
        return self._semaphore.name

    def state(self) -> int | None:
        return self._semaphore.value

    def may(self, kind: str, *args: Any, **kwargs: Any) -> bool:
        return kind != "P" or self._semaphore.value > 0

    def remove(self) -> None:
        """Unlink the name; processes that have it open go on using it."""
        with contextlib.suppress(posix_ipc.Error):
            self._semaphore.unlink()
        ledger.release("posix sem", self._semaphore.name)

    def __getstate__(self) -> dict:
        return {**self.__dict__, "_semaphore": self._semaphore.name}

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state)
        try:
            self._semaphore = posix_ipc.Semaphore(state["_semaphore"])
        except posix_ipc.Error as error:
            raise translated(error, "sem_open", f"semaphore {self.label!r}") from error
