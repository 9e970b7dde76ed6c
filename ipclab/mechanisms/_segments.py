"""The ways in which a stretch of memory is made, found again by another process, and taken away.

Each way has `family`, `view` (the bytes, writable), `token()` (what another process needs to find it), `close()` and
`remove()`. Making one raises OSError or an error of the library; `shared_memory` turns it into ours.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import mmap
import os
from pickle import PickleBuffer
from typing import Any

import posix_ipc
import sysv_ipc

from .. import errors
from . import _handover as handover
from . import ledger
from ._systemv import made

__all__ = ["WAYS", "Way"]


class Way:
    """One mapping of one segment into this process."""

    family = "shared memory"
    call = "mmap"                                # the call that makes one, for errors
    id: int | None = None                        # System V: the kernel's number, as `ipcs -m` shows it
    name: str | None = None                      # POSIX: the name for shm_open(3); the file is /dev/shm/NAME

    def __init__(self, size: int, mode: int):
        raise NotImplementedError

    @classmethod
    def found(cls, token: Any) -> Way:
        """The segment that `token` names, mapped into this process."""
        raise NotImplementedError

    def token(self) -> Any:
        raise NotImplementedError

    def close(self) -> None:
        """Unmap it here. Raises BufferError while a slice or cast of `view` is still in use."""
        self.view.release()
        self._map.close()

    def remove(self) -> None:
        """Nothing outlives the last process that has it mapped, unless a way says otherwise."""

    def _mapped(self, map: mmap.mmap, format: str = "B") -> None:
        self._map = map
        self.view = memoryview(map)


class _Attached(sysv_ipc.SharedMemory):
    """The library leaves a forgotten segment attached; every view keeps this object, which detaches it at last."""

    def __del__(self) -> None:
        with contextlib.suppress(sysv_ipc.Error):
            self.detach()


class SystemV(Way):
    family = "System V shared memory"
    call = "shmget"

    def __init__(self, size: int, mode: int):
        # The library would fill it with spaces; the kernel's own zeros are what everybody expects.
        self._attached(made(_Attached, "sysv shm", mode=mode, size=size, init_character=b"\0"))

    @classmethod
    def found(cls, token: tuple[int, int]) -> SystemV:
        key, id = token
        way = cls.__new__(cls)
        way._attached(_Attached(key))
        if way.id != id:                         # the key was free and somebody else took it meanwhile
            way.close()
            raise FileNotFoundError(errno.ENOENT, "removed")
        return way

    def _attached(self, segment: _Attached) -> None:
        self._segment, self.id = segment, segment.id
        # A view that outlived shmdt(2) would read unmapped addresses. Through PickleBuffer every view counts as one
        # more user of `_whole`, whose release then raises BufferError, as mmap's close does.
        self._whole = memoryview(segment)
        self.view = memoryview(PickleBuffer(self._whole))

    def token(self) -> tuple[int, int]:
        return self._segment.key, self.id

    def close(self) -> None:
        self.view.release()
        self._whole.release()
        with contextlib.suppress(sysv_ipc.Error):            # closed before
            self._segment.detach()

    def remove(self) -> None:
        with contextlib.suppress(sysv_ipc.ExistentialError):
            self._segment.remove()
        ledger.release("sysv shm", self._segment.key)


class Posix(Way):
    family = "POSIX shared memory"
    call = "shm_open"

    def __init__(self, size: int, mode: int):
        self.name = ledger.drawn_name()
        with ledger.making("posix shm", self.name):
            segment = posix_ipc.SharedMemory(self.name, posix_ipc.O_CREX, mode=mode)
        try:
            # Reserve it now: a /dev/shm that fills up later kills whoever touches the page, with SIGBUS.
            os.posix_fallocate(segment.fd, 0, size)
            self._mapped(mmap.mmap(segment.fd, size))
        except OSError:
            self.remove()
            raise
        finally:
            segment.close_fd()

    @classmethod
    def found(cls, token: str) -> Posix:
        way = cls.__new__(cls)
        segment = posix_ipc.SharedMemory(token)
        try:
            way.name = token
            way._mapped(mmap.mmap(segment.fd, segment.size))
        finally:
            segment.close_fd()
        return way

    def token(self) -> str:
        return self.name

    def remove(self) -> None:
        with contextlib.suppress(posix_ipc.ExistentialError):
            posix_ipc.unlink_shared_memory(self.name)
        ledger.release("posix shm", self.name)


class Nameless(Way):
    """A file without a name: it lives as long as somebody has it open or mapped, so nothing can be left behind."""

    family = "nameless shared memory"
    call = "memfd_create"

    def __init__(self, size: int, mode: int):
        self._fd = os.memfd_create("ipclab", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        try:
            os.ftruncate(self._fd, size)
            # Nobody can shrink it under the others, so no access ends in SIGBUS (memfd_create(2), sealing).
            fcntl.fcntl(self._fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW)
            self._mapped(mmap.mmap(self._fd, size))
        except OSError:
            self._close_descriptor()
            raise

    @classmethod
    def found(cls, token: int) -> Nameless:
        way = cls.__new__(cls)
        way._fd = handover.receive(token)
        way._mapped(mmap.mmap(way._fd, os.fstat(way._fd).st_size))
        return way

    def token(self) -> int:
        return handover.send(self._fd)

    def close(self) -> None:
        self._close_descriptor()
        super().close()

    def _close_descriptor(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __del__(self) -> None:
        with contextlib.suppress(AttributeError):
            self._close_descriptor()


class Anonymous(Way):
    """Memory without a file: only the children of a plain fork share it (mmap(2), MAP_SHARED | MAP_ANONYMOUS)."""

    family = "anonymous shared memory"
    call = "mmap"

    def __init__(self, size: int, mode: int):
        self._mapped(mmap.mmap(-1, size))

    def token(self) -> None:
        raise errors.Misuse("pickle", self.family, hint="Only children of a plain fork share it; "
                                                        "to hand it over, make it with kind='nameless'.")


WAYS: dict[str, type[Way]] = {
    "System V": SystemV, "POSIX": Posix, "nameless": Nameless, "anonymous": Anonymous,
}
