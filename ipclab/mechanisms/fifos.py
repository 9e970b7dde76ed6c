"""FIFOs, or named pipes: a pipe with a name in the file system, which unrelated processes can open.

Only the name is on the disk; the bytes go through the kernel's buffer as in a pipe. Opening is a rendezvous: who opens
one end waits until somebody opens the other. Book: chapter FIFOs. Manual: fifo(7), mkfifo(3), open(2).
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from typing import Self

from .. import errors
from ..gate import operation
from . import _syscalls as syscalls
from . import ledger, leftovers
from ._alarm import alarm
from ._bytes import ATOMIC
from ._object import KernelObject, explained, raised_here, seconds, translated, within
from ._streams import ReadEnd, WriteEnd

__all__ = ["ATOMIC", "Fifo"]


class Fifo(KernelObject):
    """A new FIFO at `path`; without a path, at a made-up one in a folder of this user alone.

    `mode` says who may open it, less the bits of the umask. The name stays until `remove()`, the end of a with block or
    of the process that made it; those who have it open go on using it. `Fifo.at(path)` is one that is there already.
    """

    family = "byte-stream FIFO"

    def __init__(self, path: str | os.PathLike | None = None, *, label: str | None = None, mode: int = 0o600):
        super().__init__(label)
        self.path = os.path.abspath(path or ledger.drawn_name(ledger.folder(), "fifo"))
        try:
            with contextlib.nullcontext() if path else ledger.making("file", self.path):
                os.mkfifo(self.path, mode)
        except OSError as error:
            raise explained(error, "mkfifo", f"FIFO {self.path}", self._not_made(error))
        except ValueError as error:
            if not raised_here(error):
                raise
            raise errors.Misuse("mkfifo", f"FIFO {self.path!r}", hint=f"No path for a file: {error}.") from error
        self._proof = leftovers.file_proof(self.path)
        ledger.claim("file", self.path, self._proof)

    @classmethod
    def at(cls, path: str | os.PathLike, *, label: str | None = None) -> Self:
        """The FIFO that somebody made at `path`. Raises NotFound if nothing is there, Misuse if it is no FIFO."""
        fifo = cls.__new__(cls)
        KernelObject.__init__(fifo, label)
        fifo.path = os.path.abspath(path)
        fifo._proof = fifo._checked("open")
        return fifo

    @operation()
    def open_reader(self, timeout: float | None = None) -> ReadEnd:
        """Open it for reading; open(2). Blocks until somebody has it open for writing, or opens it.

        `timeout` is in seconds: raises TimedOut when it goes by (in the main thread only: an alarm must end the wait,
        for open(2) has no limit). A signal handler may run meanwhile; open_reader then goes on waiting.
        """
        return ReadEnd(self._open("open_reader", os.O_RDONLY, "writing", timeout), self.family, self.label)

    @operation(blocks=False)
    def open_reader_nowait(self) -> ReadEnd:
        """Open it for reading at once. Until a writer comes, `read` gives `b""`: no writer is the end of file."""
        return ReadEnd(self._hurried("open_reader_nowait", os.O_RDONLY), self.family, self.label)

    @operation()
    def open_writer(self, timeout: float | None = None) -> WriteEnd:
        """Open it for writing; open(2). Blocks until somebody has it open for reading, or opens it.

        `timeout` as for `open_reader`.
        """
        return WriteEnd(self._open("open_writer", os.O_WRONLY, "reading", timeout), self.family, self.label)

    @operation(blocks=False)
    def open_writer_nowait(self) -> WriteEnd:
        """Open it for writing at once, or raise NotFound (ENXIO) if nobody has it open for reading."""
        return WriteEnd(self._hurried("open_writer_nowait", os.O_WRONLY), self.family, self.label)

    def remove(self) -> None:
        """Take the name away, if it is still this FIFO's; those who have it open go on."""
        if leftovers.remove(ledger.Entry("file", self.path, self._proof)) or not os.path.lexists(self.path):
            ledger.release("file", self.path)

    def _open(self, call: str, flags: int, partner: str = "", timeout: float | None = None) -> int:
        self._checked(call)
        flags |= os.O_NOFOLLOW
        try:
            if timeout is None:
                descriptor = os.open(self.path, flags)
            else:
                descriptor = self._open_within(call, flags, partner, timeout)
        except OSError as error:
            raise explained(error, call, f"FIFO {self.path}")
        if not stat.S_ISFIFO(os.fstat(descriptor).st_mode):         # somebody was quicker than the look before
            os.close(descriptor)
            self._checked(call)
        return descriptor

    def _hurried(self, call: str, flags: int) -> int:
        descriptor = self._open(call, flags | os.O_NONBLOCK)
        os.set_blocking(descriptor, True)               # for the opening only; plain verbs wait
        return descriptor

    def _open_within(self, call: str, flags: int, partner: str, timeout: float) -> int:
        # An alarm ends the wait: open(2) takes no time limit, and no event tells of a partner that waits in it.
        deadline = time.monotonic() + seconds(timeout)
        with alarm(timeout, call, f"FIFO {self.path}"):
            while True:
                try:
                    return syscalls.open(self.path, flags)
                except InterruptedError as error:               # by the alarm, or by another handler that has run now
                    if not raised_here(error):
                        raise
                    if time.monotonic() >= deadline:
                        raise errors.TimedOut(call, f"FIFO {self.path}", errno.EAGAIN,
                                              f"Nobody opened it for {partner} {within(timeout)}.") from None

    def _checked(self, call: str) -> str:
        """Its proof. A name may have been taken over: never open what is no FIFO."""
        try:
            status = os.lstat(self.path)
        except OSError as error:
            raise translated(error, call, f"FIFO {self.path}") from error
        if not stat.S_ISFIFO(status.st_mode):
            raise errors.Misuse(call, self.path, hint=f"That is no FIFO but {_kind(status.st_mode)}; give another path "
                                "or remove it first.")
        return leftovers.file_proof(self.path)

    def _not_made(self, error: Exception) -> str:
        if getattr(error, "errno", None) != errno.EEXIST:
            return ""
        kind = _kind(os.lstat(self.path).st_mode)
        return f"There is {kind} already. Use Fifo.at(path) if it is the FIFO you mean, or remove it first."


def _kind(mode: int) -> str:
    names = {stat.S_IFIFO: "a FIFO", stat.S_IFREG: "a regular file", stat.S_IFDIR: "a directory",
             stat.S_IFLNK: "a symbolic link", stat.S_IFSOCK: "a socket"}
    return names.get(stat.S_IFMT(mode), "a device")
