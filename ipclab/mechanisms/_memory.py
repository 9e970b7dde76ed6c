"""Shared memory as bytes; `shared_memory` is the door to it."""

from __future__ import annotations

import contextlib
import errno
import sys

import posix_ipc
import sysv_ipc

from .. import errors
from ._object import KernelObject, raised_here, translated
from ._segments import WAYS, Way

__all__ = ["Mapped", "SharedMemory"]

_REFUSED = (sysv_ipc.PermissionsError, posix_ipc.PermissionsError)


class Mapped(KernelObject):
    """What lives in memory that is mapped into this process, and that others can find."""

    def _map(self, kind: str, size: int, mode: int) -> None:
        if size > sys.maxsize:                   # the System V library would drop the upper bits and make a small one
            raise self._no_room(WAYS[kind].call, size)
        try:
            self._use(WAYS[kind](size, mode))
        except (OSError, MemoryError, ValueError, sysv_ipc.Error, posix_ipc.Error) as error:
            if not raised_here(error):
                raise
            raise self._not_made(error, WAYS[kind].call, size) from error

    def _use(self, way: Way) -> None:
        self._way = way

    @staticmethod
    def _known(call: str, kind: str) -> None:
        if kind not in WAYS:
            raise errors.Misuse(call, repr(kind), hint=f"kind is one of: {', '.join(WAYS)}.")

    def _not_made(self, error: Exception, call: str, size: int) -> errors.IPCError:
        no_room = error.errno in (errno.ENOMEM, errno.ENOSPC) if isinstance(error, OSError) else True
        return self._no_room(call, size) if no_room and not isinstance(error, _REFUSED) else translated(error, call, self)

    def _no_room(self, call: str, size: int) -> errors.LimitReached:
        return errors.LimitReached(call, f"{self.family} {self.label!r}", errno.ENOMEM,
                                   f"There is no room for {size} bytes; `ipcs -lm` and `df /dev/shm` show the limits.")

    @property
    def id(self) -> int | None:
        """System V: the kernel's number for it, as `ipcs -m` shows it."""
        return self._way.id

    @property
    def name(self) -> str | None:
        """POSIX: its name for shm_open(3); the file is /dev/shm/NAME."""
        return self._way.name

    def close(self) -> None:
        """Unmap it from this process. Raises Misuse while a slice or cast of a view of it is still in use."""
        try:
            self._way.close()
        except BufferError as error:
            raise errors.Misuse("close", f"{self.family} {self.label!r}",
                                hint="A slice or cast of its view is in use; release() or forget it first.") from error

    def remove(self) -> None:
        """Take its key or name out of the kernel. Who has it mapped goes on using it, this process too."""
        try:
            self._way.remove()
        except (sysv_ipc.Error, posix_ipc.Error) as error:
            raise translated(error, "remove", self) from error

    def __exit__(self, *_: object) -> None:
        self.remove()
        with contextlib.suppress(errors.Misuse):             # a slice is in use: unmapped when that is gone
            self.close()

    def __getstate__(self) -> dict:
        return {**self.__dict__, "_way": (type(self._way), self._way.token())}

    def __setstate__(self, state: dict) -> None:
        kind, token = state["_way"]
        self.__dict__.update(state)
        try:
            self._use(kind.found(token))
        except (OSError, sysv_ipc.Error, posix_ipc.Error) as error:
            raise translated(error, kind.call, self, "It was removed before this process could map it.") from error


class SharedMemory(Mapped):
    """`size` bytes, all zero, that every process sees which gets hold of this object.

    `kind` is how others find it: "System V" by a key, "POSIX" by a name in /dev/shm, "nameless" by a descriptor that
    is handed over (it cannot be left behind), "anonymous" by plain fork only.

    Close and remove are two things. `close()` unmaps it from this process; the others go on. `remove()` takes away the
    key or name, and whoever has it mapped goes on; the memory goes with the last mapping. Whoever shrinks the file of
    a POSIX segment kills those who touch the lost pages (SIGBUS); a System V or nameless segment cannot be resized.
    """

    family = "shared memory"
    _format = "B"

    def __init__(self, size: int, *, kind: str = "System V", label: str | None = None, mode: int = 0o600):
        self._known("SharedMemory", kind)
        self.family = WAYS[kind].family
        super().__init__(label)
        if not isinstance(size, int) or size < 1:
            raise errors.Misuse(WAYS[kind].call, f"{self.family} {self.label!r}",
                                hint=f"Its size must be a whole number from 1 up, not {size!r}.")
        self._map(kind, size, mode)

    def _use(self, way: Way) -> None:
        super()._use(way)
        way.view = way.view.cast(self._format)
        self.view = way.view                     # ungated, for bulk data: bytes here, numbers in a SharedArray

    @property
    def size(self) -> int:
        """Bytes."""
        return self.view.nbytes

    def __getstate__(self) -> dict:
        state = super().__getstate__()
        del state["view"]
        return state
