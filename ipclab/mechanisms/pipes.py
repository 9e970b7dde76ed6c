"""Pipes: a buffer in the kernel with one end to write to and one to read from, without a name.

A pipe is a stream of bytes: first in, first out, with no messages in it. It holds a bounded number of bytes: writers
wait while it is full, readers while it is empty. Processes get at it by inheriting its descriptors, and it is gone when
the last of them is closed. Book: chapter Pipes. Manual: pipe(7), pipe(2), read(2), write(2).
"""

from __future__ import annotations

import os

from ._bytes import ATOMIC
from ._object import KernelObject, translated
from ._streams import ReadEnd, WriteEnd

__all__ = ["ATOMIC", "Pipe", "ReadEnd", "WriteEnd"]


class Pipe(KernelObject):
    """A new pipe: what is written to `pipe.writer` is read from `pipe.reader`. `capacity` in bytes, usually 65,536.

    **The reader sees the end of file only when every writing end is closed**, in every process. So each process closes
    the end that it does not use: `pipe.writer.close()` in a child that only reads.

    Giving a pipe, or one end alone, to another process closes it here.
    """

    family = "byte-stream pipe"
    reader: ReadEnd | None = None
    writer: WriteEnd | None = None

    def __init__(self, label: str | None = None, *, capacity: int | None = None):
        super().__init__(label)
        try:
            reading, writing = os.pipe()
        except OSError as error:
            raise translated(error, "pipe", self) from error
        self.reader, self.writer = ReadEnd(reading, self.family, self.label), WriteEnd(writing, self.family, self.label)
        if capacity is not None:
            self.resize(capacity)

    @property
    def label(self) -> str:
        """Its name in errors, traces and pictures, and that of both ends: in a trace they are one object."""
        return self._label

    @label.setter
    def label(self, label: str) -> None:
        self._label = label
        for end in (self.reader, self.writer):
            if end is not None:
                end.label = label

    def state(self) -> int | None:
        """Bytes in the pipe now, written and not yet read (FIONREAD)."""
        return self._open_end.state()

    def capacity(self) -> int | None:
        """Bytes that it holds at most (F_GETPIPE_SZ). It counts pages: a page that is half full counts as full."""
        return self._open_end.capacity()

    def resize(self, capacity: int) -> int:
        """Let it hold `capacity` bytes or a little more, in whole pages (F_SETPIPE_SZ). Returns how many it holds now.

        Raises LimitReached while more is in it, NotPermitted above /proc/sys/fs/pipe-max-size unless root.
        """
        return self._open_end.resize(capacity)

    @property
    def _open_end(self) -> ReadEnd | WriteEnd:
        return self.reader if not self.reader.closed else self.writer

    def close(self) -> None:
        """Close both ends in this process."""
        self.reader.remove(), self.writer.remove()

    remove = close
