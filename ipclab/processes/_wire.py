"""Messages between caller, supervisor and its processes: plain data, and descriptors beside them.

marshal is fit for this: both ends run the same Python, and nothing that a process of the reader's made passes here.
"""

from __future__ import annotations

import marshal
import socket
import struct
from typing import Any

__all__ = ["receive", "receive_descriptors", "send", "send_descriptors"]

_LENGTH = struct.Struct("!Q")
_AT_ONCE = 200                       # the kernel takes at most 253 descriptors in one message (unix(7))


def send(line: socket.socket, data: Any) -> None:
    body = marshal.dumps(data)
    line.sendall(_LENGTH.pack(len(body)) + body)


def receive(line: socket.socket) -> Any:
    """The next message. Raises EOFError when the other side is gone."""
    return marshal.loads(_exactly(line, *_LENGTH.unpack(_exactly(line, _LENGTH.size))))


def _exactly(line: socket.socket, size: int) -> bytearray:
    data = bytearray()
    while len(data) < size:
        more = line.recv(min(size - len(data), 1 << 20))
        if not more:
            raise EOFError
        data += more
    return data


def send_descriptors(line: socket.socket, descriptors: list[int]) -> None:
    for i in range(0, len(descriptors), _AT_ONCE):
        socket.send_fds(line, [b"."], descriptors[i:i + _AT_ONCE])


def receive_descriptors(line: socket.socket, count: int) -> list[int]:
    got: list[int] = []
    while len(got) < count:
        data, more, _, _ = socket.recv_fds(line, 1, _AT_ONCE)
        if not data:
            raise EOFError
        got += more
    return got
