"""What a process has open, and who holds the other end. Sources: proc_pid_fd(5), proc_pid_fdinfo(5), pipe(7)."""

from __future__ import annotations

import fcntl
import os
import re
import stat
import struct
import termios
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from .. import errors
from . import _c, _proc
from ._table import Row, Table
from .sockets import Socket, all_sockets

__all__ = ["Descriptor", "Fill", "Holder", "Holdings", "descriptors", "pipe_fill"]

MODES = {os.O_RDONLY: "read", os.O_WRONLY: "write", os.O_RDWR: "both"}
OPPOSITE = {"read": ("write", "both"), "write": ("read", "both"), "both": ("read", "write", "both")}
O_PATH = getattr(os, "O_PATH", 0o10000000)


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that has something open, and through which descriptor."""

    pid: int
    name: str
    fd: int
    mode: str                        # "read", "write", "both", or "path" (O_PATH: can do neither)

    def __str__(self) -> str:
        return f"{self.name} (pid {self.pid}, fd {self.fd})"


@dataclass(frozen=True, slots=True)
class Descriptor(Row):
    """One entry of a process's descriptor table."""

    fd: int
    kind: str                        # "pipe", "fifo", "socket", "file", "tty", "anon:eventfd", …
    target: str                      # path, "pipe:[inode]", or the socket's addresses
    mode: str                        # "read", "write", "both" or "path"
    cloexec: bool                    # closed by exec
    offset: int                      # where the next read or write of a file begins, in bytes
    inode: int
    others: tuple[Holder, ...]       # who holds the other end of a pipe, FIFO or connected socket

    columns: ClassVar = {"fd": "fd", "kind": "kind", "mode": "mode", "closed by exec": "cloexec", "target": "target",
                         "other end": "others"}


@dataclass(frozen=True, slots=True)
class Fill(Row):
    """How full a pipe or FIFO is, in bytes.

    The kernel counts a pipe's room in pages, so many small writes can fill it before `waiting` reaches `capacity`.
    """

    waiting: int                     # written and not yet read
    capacity: int

    columns: ClassVar = {"bytes waiting": "waiting", "capacity": "capacity"}


class Holdings:
    """Who has what open, over all the processes that we may look into: one look, taken when first needed.

    Ends on their way in a socket (SCM_RIGHTS), which no process has in its table, stay unseen.
    """

    @cached_property
    def by_identity(self) -> dict[str, list[Holder]]:
        found: dict[str, list[Holder]] = {}
        for pid in _proc.everybody():
            for holder, identity in _open_in(pid):
                found.setdefault(identity, []).append(holder)
        return found

    @cached_property
    def unseen(self) -> int:
        """How many processes, of other users, we may not look into."""
        return sum(1 for pid in _proc.pids() if not _may_look(pid))

    def of(self, identity: str, modes: tuple[str, ...] = ("read", "write", "both")) -> tuple[Holder, ...]:
        return tuple(holder for holder in self.by_identity.get(identity, ()) if holder.mode in modes)

    def other_end(self, identity: str, mode: str) -> tuple[Holder, ...]:
        """For a pipe or FIFO: whoever can do what a holder with `mode` cannot do alone."""
        return self.of(identity, OPPOSITE.get(mode, ()))


def descriptors(pid: int) -> Table:
    """The descriptor table of a live process as rows of `Descriptor`; empty for a zombie, which has closed all.

    `others` lists, for a pipe, everybody who can write if this end reads and the other way round, the process itself
    included: a forgotten write end shows up here. Holders in processes that we may not look into are missing.
    """
    fds = fds_of(pid)
    holdings, sockets = Holdings(), all_sockets(pid) if fds else {}
    rows = (_descriptor(pid, int(fd), holdings, sockets) for fd in fds)
    return Table(row for row in rows if row is not None)


def pipe_fill(pid: int, fd: int) -> Fill:
    """Bytes that wait in the pipe or FIFO behind descriptor `fd` of process `pid`, and its capacity.

    Uses a duplicate of the descriptor for an instant (pidfd_getfd(2), FIONREAD, F_GETPIPE_SZ) and never blocks. Raises
    NotFound without such a process or descriptor, Misuse if it is no pipe, NotPermitted if we may not look.
    """
    with _c.borrowed(pid, fd) as ours:
        if not stat.S_ISFIFO(os.fstat(ours).st_mode):
            raise errors.Misuse("pipe_fill", f"descriptor {fd} of process {pid}", hint="It is no pipe or FIFO.")
        return Fill(waiting_bytes(ours), fcntl.fcntl(ours, fcntl.F_GETPIPE_SZ))


def waiting_bytes(fd: int) -> int:
    """FIONREAD: how much a read would find."""
    return struct.unpack("i", fcntl.ioctl(fd, termios.FIONREAD, b"\0" * 4))[0]


def fds_of(pid: int) -> list[str]:
    """The numbers of the descriptors that a process has open: none for a zombie."""
    try:
        return _proc.names(pid, "fd")
    except errors.IPCError:
        if _proc.stat_fields(pid)[1][0] in "ZX":                    # raises NotFound if it is gone altogether
            return []
        raise


def fdinfo(pid: int, fd: int) -> dict[str, str]:
    """/proc/PID/fdinfo/FD as a dictionary; of a key that comes several times, the last."""
    lines = _proc.read(pid, f"fdinfo/{fd}").splitlines()
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}


def directions(pid: int, fd: int) -> tuple[str, ...]:
    """What a descriptor was opened for: "read", "write", or both."""
    mode = _mode_of_link(os.lstat(_proc.path_of(pid, f"fd/{fd}")).st_mode)
    return ("read", "write") if mode == "both" else (mode,)


def identity_of(pid: int, fd: int) -> str:
    """What all descriptors of one pipe, socket or file have in common: "pipe:[123]", or device and inode."""
    path = _proc.path_of(pid, f"fd/{fd}")
    link = os.readlink(path)
    if re.fullmatch(r"(pipe|socket):\[\d+\]", link):
        return link
    status = os.stat(path)
    return f"{status.st_dev}:{status.st_ino}"


def _open_in(pid: int) -> list[tuple[Holder, str]]:
    """Each descriptor of a process with the identity of what is behind it; those that vanish meanwhile are left out."""
    found, name = [], _proc.name_of(pid)
    try:
        entries = os.listdir(f"/proc/{pid}/fd")
    except OSError:
        return found
    for fd in entries:
        try:
            mode = _mode_of_link(os.lstat(f"/proc/{pid}/fd/{fd}").st_mode)
            found.append((Holder(pid, name, int(fd), mode), identity_of(pid, int(fd))))
        except OSError:
            continue
    return found


def _mode_of_link(bits: int) -> str:
    """/proc shows with which access a descriptor was opened in the permission bits of its link."""
    return {(True, False): "read", (False, True): "write", (True, True): "both"}.get(
        (bool(bits & stat.S_IRUSR), bool(bits & stat.S_IWUSR)), "path")


def _may_look(pid: int) -> bool:
    try:
        os.listdir(f"/proc/{pid}/fd")
    except PermissionError:
        return False
    except OSError:
        pass
    return True


def _descriptor(pid: int, fd: int, holdings: Holdings, sockets: dict[int, Socket]) -> Descriptor | None:
    path = _proc.path_of(pid, f"fd/{fd}")
    try:
        target, status, info = os.readlink(path), os.stat(path), fdinfo(pid, fd)
    except (OSError, errors.IPCError):
        _proc.stat_fields(pid)                                       # raises NotFound if the process went
        return None                                                  # it closed this one while we looked
    kind, flags = _kind(target, status, path), int(info["flags"], 8)
    mode = "path" if flags & O_PATH else MODES.get(flags & os.O_ACCMODE, "both")
    if kind == "socket" and status.st_ino in sockets:
        target = str(sockets[status.st_ino])
    return Descriptor(fd, kind, target, mode, bool(flags & os.O_CLOEXEC), int(info["pos"]), status.st_ino,
                      _others(pid, fd, kind, mode, status.st_ino, holdings, sockets))


def _others(pid: int, fd: int, kind: str, mode: str, inode: int, holdings: Holdings,
            sockets: dict[int, Socket]) -> tuple[Holder, ...]:
    if kind in ("pipe", "fifo"):
        try:
            return holdings.other_end(identity_of(pid, fd), mode)
        except OSError:
            return ()
    if kind == "socket" and inode in sockets and sockets[inode].peer:
        return holdings.of(f"socket:[{sockets[inode].peer}]")
    return ()


def _kind(target: str, status: os.stat_result, path: str) -> str:
    if match := re.fullmatch(r"anon_inode:\[?([^\]]+)\]?", target):
        return f"anon:{match[1]}"
    if target.startswith("/memfd:"):
        return "memfd"
    if stat.S_ISFIFO(status.st_mode):
        return "pipe" if target.startswith("pipe:[") else "fifo"
    if stat.S_ISCHR(status.st_mode):
        return "tty" if os.major(status.st_rdev) in (4, 5, *range(136, 144)) else "device"
    if stat.S_ISREG(status.st_mode):
        return "message queue" if _c.filesystem_type(path) == _c.MESSAGE_QUEUES else "file"
    return {stat.S_IFSOCK: "socket", stat.S_IFDIR: "directory"}.get(stat.S_IFMT(status.st_mode), "other")
