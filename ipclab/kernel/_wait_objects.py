"""Waits on everything that is no descriptor: System V objects, POSIX queues, futexes, children, locks, FIFOs, time."""

from __future__ import annotations

import os
import stat
import struct
from pathlib import Path

from .. import errors
from . import _c, _proc
from ._wait_files import HIDDEN, TIME_OUT, end_of
from .locks import blocked_locks
from .memory import Mapping, maps
from .open_files import identity_of
from .states import State
from .tables import sysv_tables
from .waits import Scene, Wait, distinct, signed

__all__ = ["DECODERS"]

FUTEX_PRIVATE = 0x80                                     # linux/futex.h
P_ALL, P_PID, P_PGID, P_PIDFD = range(4)                 # waitid(2)
ELSEWHERE = "somebody in its own IPC namespace, into which we cannot look"


def _semaphore(scene: Scene, pid: int, state: State) -> list[Wait]:
    semid, address, count, time = state.arguments[:4]
    hope = TIME_OUT if state.call == "semtimedop" and time else ""
    if not scene.same_namespace(pid, "ipc"):
        return [Wait(purpose="on", object=f"System V semaphore {semid}", anyone=True, hope=hope or ELSEWHERE)]
    number, operation = _first_that_waits(semid, scene.numbers(pid, address, "=HhH", count))
    value, last = _value(semid, number, "GETVAL"), _value(semid, number, "GETPID")
    return [Wait(purpose="until zero is the value of" if operation == 0 else "to do P on",
                 object=f"System V semaphore {semid}" + (f"[{number}]" if number else ""),
                 condition="" if value is None else f"value {value}", relation=_last("changed by", last),
                 holders=_alive(last, pid), anyone=True, hope=hope)]


def _first_that_waits(semid: int, operations: list[tuple]) -> tuple[int, int]:
    """The number and the amount of the operation that cannot be done; semop does all of them, in order, or none."""
    values: dict[int, int] = {}
    for number, amount, _ in operations:
        value = values.get(number, _value(semid, number, "GETVAL") or 0)
        if (amount == 0 and value) or value + amount < 0:
            return number, amount
        values[number] = value + amount
    return operations[0][:2]


def _value(semid: int, number: int, command: str) -> int | None:
    try:
        return _c.semctl(semid, number, command)
    except OSError:
        return None


def _last(did: str, pid: int | None) -> str:
    return f"last {did} process {pid}, which has ended" if pid and _proc.ended(pid) else f"last {did} {{}}"


def _alive(last: int | None, waiter: int) -> tuple[int, ...]:
    """Whoever changed it last, if that is another and still there: one that has ended will not undo it any more."""
    return (last,) if last and last != waiter and not _proc.ended(last) else ()


def _queue(scene: Scene, pid: int, state: State) -> list[Wait]:
    id, receiving = state.arguments[0], state.call == "msgrcv"
    purpose = "for a message in" if receiving else "for room in"
    found = next((queue for queue in sysv_tables().queues if queue.id == id), None)
    if found is None or not scene.same_namespace(pid, "ipc"):
        return [Wait(purpose=purpose, object=f"System V queue {id}", anyone=True, hope=ELSEWHERE)]
    last = found.last_sender if receiving else found.last_receiver
    return [Wait(purpose=purpose, object=f"System V queue {id}",
                 condition=f"{found.messages} messages, {found.bytes} bytes", anyone=True,
                 relation=_last("sent to by" if receiving else "received from by", last),
                 holders=_alive(last, pid))]


def _posix_queue(scene: Scene, pid: int, state: State) -> list[Wait]:
    fd, receiving = signed(state.arguments[0]), state.call == "mq_timedreceive"
    identity = identity_of(pid, fd)
    holders = scene.holdings.of(identity, ("write", "both") if receiving else ("read", "both"))
    return [Wait(purpose="for a message in" if receiving else "for room in",
                 object=f"POSIX queue {os.readlink(_proc.path_of(pid, f'fd/{fd}'))}",
                 condition="empty" if receiving else "full", anyone=True,
                 relation=f"open for {'sending' if receiving else 'receiving'} in {{}}",
                 holders=distinct(h.pid for h in holders if h.pid != pid),
                 hope=TIME_OUT if state.arguments[4] else "")]


def _futex(scene: Scene, pid: int, state: State) -> list[Wait]:
    address, operation, _, time = state.arguments[:4]
    hope = TIME_OUT if time else ""
    mapping = next((m for m in maps(pid) if m.start <= address < m.end), None)
    if operation & FUTEX_PRIVATE or mapping is None or not mapping.shared:
        return [Wait(purpose="for", object=f"a lock of its own threads at {address:#x} of process {pid}",
                     relation="which only its own threads can release", holders=(pid,), hope=hope)]
    value = struct.unpack("=I", scene.memory(pid, address, 4))[0]
    return [Wait(purpose="for", object=_in_shared_memory(mapping, address), condition=f"value {value}",
                 relation="which does not record its holder; {} can reach it", holders=_who_maps(mapping, pid),
                 anyone=not mapping.path.endswith("(deleted)"), hope=hope)]


def _in_shared_memory(mapping: Mapping, address: int) -> str:
    path = mapping.path.removesuffix(" (deleted)")
    if path.startswith("/dev/shm/sem."):
        return f"POSIX semaphore {path.removeprefix('/dev/shm/sem.')}"
    return f"a lock in shared memory {path}, inode {mapping.inode}, byte {address - mapping.start + mapping.offset}"


def _who_maps(wanted: Mapping, waiter: int) -> tuple[int, ...]:
    """The other processes that have the same memory mapped, shared: the only ones that can wake a waiter on it."""
    found = []
    for pid in _proc.everybody():
        try:
            if pid != waiter and any((m.device, m.inode) == (wanted.device, wanted.inode) and m.shared
                                     for m in maps(pid)):
                found.append(pid)
        except errors.IPCError:
            continue
    return tuple(found)


def _children(scene: Scene, pid: int, state: State) -> list[Wait]:
    which = _waited_for(scene, pid, state)
    if len(which) == 1:
        return [end_of(which[0])]
    hope = "an end that is being reported" if any(map(_proc.ended, which)) else ""
    return [Wait(purpose="for the end of", object=f"one of the children of process {pid}", relation="that is {}",
                 holders=distinct(which), hope=hope if which else "a process that it traces")]


def _waited_for(scene: Scene, pid: int, state: State) -> list[int]:
    first, second = signed(state.arguments[0]), signed(state.arguments[1])
    if state.call == "waitid" and first == P_PIDFD:
        return [int(line.split()[1]) for line in _proc.read(pid, f"fdinfo/{second}").splitlines()
                if line.startswith("Pid:")]
    one = (second if first == P_PID else 0) if state.call == "waitid" else max(first, 0)
    return [one] if one else scene.children(pid)


def _file_lock(scene: Scene, pid: int, state: State) -> list[Wait]:
    path = os.readlink(_proc.path_of(pid, f"fd/{signed(state.arguments[0])}"))
    return [Wait(purpose="for the lock on", object=f"file {path}", condition=f"{lock.kind}, inode {lock.inode}",
                 relation="held by {}", holders=lock.holders, hope="" if lock.holders else HIDDEN)
            for lock in blocked_locks(pid)]


def _opening(scene: Scene, pid: int, state: State) -> list[Wait]:
    path, flags = state.arguments[:2] if state.call == "open" else state.arguments[1:3]
    name = scene.text(pid, path)
    base = "cwd" if state.call == "open" or signed(state.arguments[0]) < 0 else f"fd/{state.arguments[0]}"
    seen = f"/proc/{pid}/root{name}" if name.startswith("/") else f"/proc/{pid}/{base}/{name}"
    if not os.path.exists(seen) or not stat.S_ISFIFO(os.stat(seen).st_mode):
        return [Wait(purpose="to open", object=name, hope="its device or file system")]
    missing = "writing" if flags & os.O_ACCMODE == os.O_RDONLY else "reading"
    return [Wait(purpose=f"for somebody to open for {missing}", object=f"FIFO {_full(pid, base, name)}", anyone=True)]


def _full(pid: int, base: str, name: str) -> str:
    return os.path.normpath(Path(os.readlink(f"/proc/{pid}/{base}"), name))


def _sleeping(scene: Scene, pid: int, state: State) -> list[Wait]:
    return [Wait(purpose="for", object="time to pass", hope="the clock")]


def _signal(scene: Scene, pid: int, state: State) -> list[Wait]:
    return [Wait(purpose="for", object="a signal", anyone=True, hope="a signal, perhaps of a timer set earlier")]


DECODERS = {
    **dict.fromkeys(("semop", "semtimedop"), _semaphore),
    **dict.fromkeys(("msgsnd", "msgrcv"), _queue),
    **dict.fromkeys(("mq_timedsend", "mq_timedreceive"), _posix_queue),
    "futex": _futex,
    **dict.fromkeys(("wait4", "waitid"), _children),
    **dict.fromkeys(("flock", "fcntl"), _file_lock),
    **dict.fromkeys(("open", "openat"), _opening),
    **dict.fromkeys(("nanosleep", "clock_nanosleep", "restart_syscall"), _sleeping),
    **dict.fromkeys(("pause", "rt_sigsuspend", "rt_sigtimedwait"), _signal),
}
