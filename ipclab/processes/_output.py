"""What the processes of a run print: one queue in the kernel for all of them, so the order is the true one.

Descriptors 1 and 2 of every process are datagram sockets of its own, which all send to one receiver. Each write(2) is
one message, in the order in which the writes happened. The sender's address tells which process of the run it was, and
which stream; the kernel adds the writer's pid (SO_PASSCRED, unix(7)), also for programs that know nothing of us. A pipe
for all would keep the order but not the writers, a pipe for each the writers but not the order. The price: one write(2)
of more than the socket takes (net.core.wmem_max, usually 208 KiB, twice) fails with EMSGSIZE; print() splits.
"""

from __future__ import annotations

import contextlib
import mmap
import socket
import struct
from collections.abc import Callable
from typing import Any

__all__ = ["Output"]

LIMIT = 1 << 20                      # bytes kept of a run; what exceeds it is read and thrown away
_OVERHEAD = 64                       # a chunk counts as that many bytes more, or single bytes would fill the memory
_LARGEST = 1 << 22                   # of one write, if the kernel permits (net.core.wmem_max)
_CREDENTIALS = struct.Struct("3i")
_AT_ONCE = 500                       # messages read before the deadline is looked at again


class Output:
    """Collects chunks `[process, pid, stream, bytes]`; `name(pid, member)` is the lane of a writer."""

    def __init__(self, name: Callable[[int, Any], str]):
        self.name, self.kept, self.discarded = name, 0, 0
        self.chunks: list[list] = []
        self.senders: dict[bytes, tuple[Any, str]] = {}    # address → member of the run, stream
        self._buffer = memoryview(mmap.mmap(-1, LIMIT + 1))     # pages that nobody prints into cost nothing
        self.receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.receiver.bind("")                             # a made-up name in the abstract namespace: no file
        self.receiver.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.receiver.setblocking(False)

    def writers(self) -> tuple[socket.socket, socket.socket]:
        """To become standard output and error of one process, and of all that it starts."""
        return self._writer(), self._writer()

    def _writer(self) -> socket.socket:
        writer = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        writer.bind("")
        writer.connect(self.receiver.getsockname())
        writer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _LARGEST)
        return writer

    def listen_to(self, member: Any, writers: tuple[socket.socket, socket.socket]) -> None:
        """The writers are the member's now; ours are closed."""
        for writer, stream in zip(writers, ("stdout", "stderr"), strict=True):
            self.senders[writer.getsockname()] = member, stream
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
        if size and extra and sender in self.senders:      # another sender is a stranger who found our address
            self._keep(self._buffer[:size], _CREDENTIALS.unpack_from(extra[0][2])[0], *self.senders[sender])

    def _keep(self, data: memoryview, pid: int, member: Any, stream: str) -> None:
        last = self.chunks[-1] if self.chunks else None
        if last and last[1:3] == [pid, stream] and not last[3].endswith(b"\n"):
            last[3] += data                                # a line that was written in pieces
            self.kept += len(data)
        else:
            self.chunks.append([self.name(pid, member), pid, stream, bytearray(data)])
            self.kept += len(data) + _OVERHEAD
