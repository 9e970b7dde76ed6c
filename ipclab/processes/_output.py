"""What the processes of a run print: one queue in the kernel for all of them, so the order is the true one.

Descriptors 1 and 2 of every process are two datagram sockets that send to one receiver. Each write(2) is one message,
in the order in which the writes happened; the kernel adds the writer's pid (SO_PASSCRED, unix(7)), also for programs
that know nothing of us, and the sender's address tells which of the two it was. A pipe keeps the order but not the
writers; a pipe for each keeps the writers but not the order.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import socket
import struct
from collections.abc import Callable

__all__ = ["Output"]

LIMIT = 1 << 20                      # bytes kept of a run; what exceeds it is read and thrown away
_OVERHEAD = 64                       # a chunk counts as that many bytes more, or single bytes would fill the memory
_LARGEST = 1 << 22                   # of one write, if the kernel permits (net.core.wmem_max)
_CREDENTIALS = struct.Struct("3i")
_AT_ONCE = 500                       # messages read before the deadline is looked at again


class Output:
    """Collects chunks `[process, pid, stream, bytes]`; `owner(pid)` says to which process of the run a writer belongs."""

    def __init__(self, owner: Callable[[int], str]):
        self.owner, self.kept, self.discarded = owner, 0, 0
        self.chunks: list[list] = []
        self._buffer = memoryview(mmap.mmap(-1, LIMIT + 1))     # pages that nobody prints into cost nothing
        self.receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.receiver.bind("")                             # a made-up name in the abstract namespace: no file
        self.receiver.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.receiver.setblocking(False)
        self.writers = [self._writer(), self._writer()]
        self.streams = dict(zip([w.getsockname() for w in self.writers], ["stdout", "stderr"], strict=True))

    def _writer(self) -> socket.socket:
        writer = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        writer.bind("")
        writer.connect(self.receiver.getsockname())
        writer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _LARGEST)
        return writer

    def become_standard(self) -> None:
        """In a new process: descriptors 1 and 2."""
        for number, writer in enumerate(self.writers, start=1):
            os.dup2(writer.fileno(), number)

    def close_writers(self) -> None:
        for writer in self.writers:
            writer.close()

    def drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            for _ in range(_AT_ONCE):
                self._one()

    def drain_all(self) -> None:
        """All writers have ended: read until nothing is left."""
        with contextlib.suppress(BlockingIOError):
            while True:
                self._one()

    def _one(self) -> None:
        room = max(LIMIT - self.kept, 0)
        size, extra, _, sender = self.receiver.recvmsg_into([self._buffer[:room + 1]], 64)
        if size > room:
            size, self.discarded = room, self.discarded + 1
        if size and extra and sender in self.streams:      # another sender is a stranger who found our address
            self._keep(self._buffer[:size], _CREDENTIALS.unpack_from(extra[0][2])[0], self.streams[sender])

    def _keep(self, data: memoryview, pid: int, stream: str) -> None:
        last = self.chunks[-1] if self.chunks else None
        if last and last[1:3] == [pid, stream] and not last[3].endswith(b"\n"):
            last[3] += data                                # a line that was written in pieces
            self.kept += len(data)
        else:
            self.chunks.append([self.owner(pid), pid, stream, bytearray(data)])
            self.kept += len(data) + _OVERHEAD
