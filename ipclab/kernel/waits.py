"""For one sleeping thread: on what it waits, and which processes could end the wait, as far as the kernel tells."""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from .. import errors
from . import _proc
from .open_files import Holdings
from .sockets import Socket, all_sockets

__all__ = ["Scene", "Wait", "distinct", "signed"]


@dataclass(frozen=True, slots=True)
class Wait:
    """An edge of the graph: a thread waits for something that `holders` could give it."""

    pid: int = 0
    thread: int = 0
    call: str = ""                   # the system call in which it sleeps
    purpose: str = ""                # "for data in"
    object: str = ""                 # "pipe 8123": the same words for the same object, whoever waits
    condition: str = ""              # "empty", "value 0"
    relation: str = ""               # "held open for writing only by {}"
    holders: tuple[int, ...] = ()    # the processes that it needs; itself, if it holds the other end
    anyone: bool = False             # whoever can name the object might end the wait, not the holders alone
    hope: str = ""                   # what else may end it: a time-out, the network, …

    @property
    def what(self) -> str:
        """The object, with the condition that holds the thread up: "pipe 8123 (empty)"."""
        return f"{self.object} ({self.condition})" if self.condition else self.object


@dataclass
class Scene:
    """What the decoders look at, each table read once and only when needed."""

    holdings: Holdings = field(default_factory=Holdings)
    _sockets: dict[int, dict[int, Socket]] = field(default_factory=dict)

    def sockets(self, pid: int) -> dict[int, Socket]:
        if pid not in self._sockets:
            self._sockets[pid] = all_sockets(pid)
        return self._sockets[pid]

    @cached_property
    def parents(self) -> dict[int, int]:
        """The parent of every process."""
        found = {}
        for pid in _proc.pids():
            try:
                found[pid] = int(_proc.stat_fields(pid)[1][1])
            except errors.IPCError:
                continue
        return found

    def children(self, pid: int) -> list[int]:
        return [child for child, parent in self.parents.items() if parent == pid]

    def memory(self, pid: int, address: int, size: int) -> bytes:
        """Bytes of the process's own memory, to which an argument of its call points; proc_pid_mem(5)."""
        with _proc.open_proc(pid, "mem", _proc.TRACE_HINT) as file:
            try:
                return os.pread(file.fileno(), size, address)
            except OSError as error:
                raise _proc.refused(error, pid, "mem", _proc.TRACE_HINT) from error

    def numbers(self, pid: int, address: int, layout: str, count: int = 1) -> list[tuple]:
        """`count` C structures of that struct layout from the process's memory."""
        data = self.memory(pid, address, struct.calcsize(layout) * count)
        return list(struct.iter_unpack(layout, data))

    def text(self, pid: int, address: int) -> str:
        """A C string from the process's memory, which need not go on for PATH_MAX bytes."""
        room = 4096 - address % 4096                     # to the end of its page, which is there for sure
        data = self.memory(pid, address, room)
        if b"\0" not in data:
            data += self.memory(pid, address + room, 4096)
        return os.fsdecode(data.split(b"\0")[0])

    def same_namespace(self, pid: int, kind: str) -> bool:
        """Does the process see the same "ipc" or "net" objects under the same numbers as we do?"""
        try:
            return os.readlink(_proc.path_of(pid, f"ns/{kind}")) == os.readlink(f"/proc/self/ns/{kind}")
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ESRCH):
                raise _proc.refused(error, pid, f"ns/{kind}") from error
            return False


def signed(number: int) -> int:
    """A register's value as a C int."""
    return (number & 0xFFFFFFFF) - (1 << 32) * (number >> 31 & 1)


def distinct(pids: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(set(pids)))
