"""The kernel's tables of System V objects, and its limits. Sources: sysvipc(7), proc_sysvipc(5), semctl(2)."""

from __future__ import annotations

import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from .. import errors
from . import _c
from ._table import Row, Table

__all__ = ["Limit", "MessageQueue", "Segment", "SemaphoreSet", "SystemV", "limit", "limits", "sysv_tables"]

MARKED = 0o1000                                          # SHM_DEST: goes when the last process detaches it


@dataclass(frozen=True, slots=True)
class SemaphoreSet(Row):
    """A System V semaphore set. The tuples have one entry per semaphore, and none if we may not read the set."""

    id: int
    key: int                         # 0: private, found by its id alone
    owner: str
    mode: str                        # "rw-r-----": owner, group, others
    count: int
    values: tuple[int, ...]
    waiting: tuple[int, ...]         # how many processes wait for the value to grow
    last_pids: tuple[int, ...]       # who last changed it

    columns: ClassVar = {"id": "id", "key": "hex_key", "owner": "owner", "mode": "mode", "value": "values",
                         "waiting": "waiting", "last changed by": "last_pids"}

    @property
    def hex_key(self) -> str:
        """`key` as ipcs(1) shows it."""
        return _hex(self.key)


@dataclass(frozen=True, slots=True)
class MessageQueue(Row):
    """A System V message queue. A process id of 0: nobody yet."""

    id: int
    key: int
    owner: str
    mode: str
    messages: int
    bytes: int
    last_sender: int
    last_receiver: int

    columns: ClassVar = {"id": "id", "key": "hex_key", "owner": "owner", "mode": "mode", "messages": "messages",
                         "bytes": "bytes", "last sender": "last_sender", "last receiver": "last_receiver"}

    @property
    def hex_key(self) -> str:
        """`key` as ipcs(1) shows it."""
        return _hex(self.key)


@dataclass(frozen=True, slots=True)
class Segment(Row):
    """A System V shared memory segment."""

    id: int
    key: int
    owner: str
    mode: str
    size: int                        # bytes
    attached: int                    # how many times it is mapped
    creator: int
    last_pid: int                    # who last attached or detached it
    removed: bool                    # removed already, and gone when the last process detaches it

    columns: ClassVar = {"id": "id", "key": "hex_key", "owner": "owner", "mode": "mode", "bytes": "size",
                         "attached": "attached", "creator": "creator", "last used by": "last_pid", "removed": "removed"}

    @property
    def hex_key(self) -> str:
        """`key` as ipcs(1) shows it."""
        return _hex(self.key)


@dataclass(frozen=True, slots=True)
class SystemV:
    """All System V objects that live now, as ipcs(1) shows them."""

    semaphores: tuple[SemaphoreSet, ...]
    queues: tuple[MessageQueue, ...]
    segments: tuple[Segment, ...]

    def __str__(self) -> str:
        return (f"semaphores\n{self.semaphores}\n\nmessage queues\n{self.queues}\n\n"
                f"shared memory segments\n{self.segments}")


@dataclass(frozen=True, slots=True)
class Limit(Row):
    """One of the kernel's limits, which an administrator may change with sysctl(8)."""

    name: str
    value: int
    meaning: str

    columns: ClassVar = {"limit": "name", "value": "value", "meaning": "meaning"}


def sysv_tables() -> SystemV:
    """The System V semaphores, message queues and shared memory segments of this IPC namespace, now."""
    return SystemV(Table(map(_semaphores, _rows("sem"))), Table(map(_queue, _rows("msg"))),
                   Table(map(_segment, _rows("shm"))))


def limits() -> Table:
    """The kernel's IPC limits as rows of `Limit`; those that this kernel does not have are left out."""
    return Table(limit for name, meanings in LIMITS.items() for limit in _limits(name, meanings))


def limit(name: str) -> int:
    """One limit by name: `limit("kernel.msgmax")`."""
    for known in limits():
        if known.name == name:
            return known.value
    raise errors.NotFound("limit", name, None, "print(limits()) shows all that this kernel has.")


LIMITS = {
    "fs.pipe-max-size": ("bytes in a pipe at most, without CAP_SYS_RESOURCE",),
    "fs.pipe-user-pages-soft": ("pages of pipes of one user, beyond which new pipes are small",),
    "kernel.msgmax": ("bytes in a System V message at most",),
    "kernel.msgmnb": ("bytes in a System V queue at most, unless its owner changed it",),
    "kernel.msgmni": ("System V queues at most",),
    "kernel.sem": (("semmsl", "semaphores in a set at most"), ("semmns", "semaphores in all sets at most"),
                   ("semopm", "operations in one semop at most"), ("semmni", "semaphore sets at most")),
    "kernel.shmmax": ("bytes in a System V segment at most",),
    "kernel.shmall": ("pages in all System V segments at most",),
    "kernel.shmmni": ("System V segments at most",),
    "fs.mqueue.msg_max": ("messages in a POSIX queue at most, without CAP_SYS_RESOURCE",),
    "fs.mqueue.msg_default": ("messages in a POSIX queue whose maker does not say",),
    "fs.mqueue.msgsize_max": ("bytes in a POSIX message at most, without CAP_SYS_RESOURCE",),
    "fs.mqueue.msgsize_default": ("bytes in a POSIX message whose queue's maker does not say",),
    "fs.mqueue.queues_max": ("POSIX queues at most",),
    "net.core.somaxconn": ("connections that wait to be accepted at most",),
    "net.unix.max_dgram_qlen": ("datagrams that wait in a UNIX socket at most",),
}


def _limits(name: str, meanings: tuple) -> list[Limit]:
    try:
        numbers = Path("/proc/sys", *name.split(".")).read_text().split()
    except OSError:
        return []
    if isinstance(meanings[0], str):
        return [Limit(name, int(numbers[0]), meanings[0])]
    return [Limit(f"{name}.{part}", int(number), meaning)
            for number, (part, meaning) in zip(numbers, meanings, strict=False)]


def _rows(table: str) -> list[dict[str, int]]:
    """/proc/sysvipc/TABLE with the numbers of each line by column; only perms is octal."""
    try:
        head, *lines = Path(f"/proc/sysvipc/{table}").read_text().splitlines()
    except OSError as error:
        raise errors.NotInstalled("This kernel has no /proc/sysvipc: it was built without System V IPC.") from error
    return [{name: int(text, 8 if name == "perms" else 10)
             for name, text in zip(head.split(), line.split(), strict=True)} for line in lines]


def _common(row: dict[str, int], id: str) -> tuple[int, int, str, str]:
    return row[id], row["key"] & 0xFFFFFFFF, _user(row["uid"]), _mode(row["perms"])


def _semaphores(row: dict[str, int]) -> SemaphoreSet:
    def each(command: str) -> tuple[int, ...]:
        try:
            return tuple(_c.semctl(row["semid"], number, command) for number in range(row["nsems"]))
        except OSError:                                  # we may not read it, or it is gone by now
            return ()

    return SemaphoreSet(*_common(row, "semid"), row["nsems"], each("GETVAL"), each("GETNCNT"), each("GETPID"))


def _queue(row: dict[str, int]) -> MessageQueue:
    return MessageQueue(*_common(row, "msqid"), row["qnum"], row["cbytes"], row["lspid"], row["lrpid"])


def _segment(row: dict[str, int]) -> Segment:
    return Segment(*_common(row, "shmid"), row["size"], row["nattch"], row["cpid"], row["lpid"],
                   bool(row["perms"] & MARKED))


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _mode(permissions: int) -> str:
    return "".join(letter if permissions >> (8 - i) & 1 else "-" for i, letter in enumerate("rwxrwxrwx"))


def _hex(key: int) -> str:
    return f"{key:#010x}" if key else "private"
