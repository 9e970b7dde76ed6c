"""Reading /proc: one place that knows its errors. Source: proc(5), proc_pid(5)."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator

from .. import errors

__all__ = ["TRACE_HINT", "ended", "everybody", "name_of", "names", "open_proc", "path_of", "pids", "processes_having",
           "read", "refused", "stat_fields", "status_fields", "thread_ids"]

GONE = "It has ended and been waited for, or never existed."
READ_HINT = "Only root, or the user whose process it is, may look there."
TRACE_HINT = ("Only root (in a container: with --cap-add SYS_PTRACE), or the same user where "
              "/proc/sys/kernel/yama/ptrace_scope allows it (at 1: only for the process's ancestors), may look there.")


def path_of(pid: int, name: str = "") -> str:
    """/proc/PID/name; `pid` may be a thread's id as well."""
    if not isinstance(pid, int) or isinstance(pid, bool) or pid < 1:
        raise errors.Misuse("look", f"process {pid!r}", hint="A process id is a whole number above zero.")
    return f"/proc/{pid}/{name}"


def open_proc(pid: int, name: str, hint: str = READ_HINT):
    """/proc/PID/name opened for reading bytes, unbuffered."""
    try:
        return open(path_of(pid, name), "rb", buffering=0)
    except OSError as error:
        raise refused(error, pid, name, hint) from error


def read(pid: int, name: str, hint: str = READ_HINT) -> str:
    """The text of /proc/PID/name. Raises NotFound if there is no such process, NotPermitted if we may not look."""
    try:
        with open(path_of(pid, name), encoding="utf-8", errors="backslashreplace") as file:
            return file.read()
    except OSError as error:
        raise refused(error, pid, name, hint) from error


def refused(error: OSError, pid: int, name: str, hint: str = READ_HINT) -> errors.IPCError:
    """Our error for a failed look at /proc/PID/name."""
    call, object = f"read /proc/{pid}/{name}".rstrip("/"), f"process {pid}"
    if error.errno in (errno.EACCES, errno.EPERM):
        return errors.NotPermitted(call, object, error.errno, hint)
    if error.errno in (errno.ENOENT, errno.ESRCH) and not os.path.exists(f"/proc/{pid}"):
        return errors.NotFound(call, object, errno.ESRCH, GONE)
    return errors.from_os(error, call, object, "The process has no such thing, or not any more.")


def pids() -> list[int]:
    """Every process that this /proc shows, smallest id first."""
    return sorted(int(entry) for entry in os.listdir("/proc") if entry.isdigit())


def everybody() -> Iterator[int]:
    """Every process, and those that appear while the caller looks at the others: what one hands on to its child by
    fork and then closes itself is not missed."""
    seen: set[int] = set()
    while new := set(pids()) - seen:
        seen |= new
        yield from sorted(new)


def names(pid: int, folder: str) -> list[str]:
    """What is in the folder /proc/PID/folder, in the order of the numbers that its entries are."""
    try:
        return sorted(os.listdir(path_of(pid, folder)), key=int)
    except OSError as error:
        raise refused(error, pid, folder) from error


def thread_ids(pid: int) -> list[int]:
    """The process's threads, the main one first."""
    return [int(tid) for tid in names(pid, "task")]


def stat_fields(pid: int) -> tuple[str, list[str]]:
    """The command's name, and the fields of /proc/PID/stat after it, from the state letter on."""
    text = read(pid, "stat")
    opening, closing = text.index("("), text.rindex(")")             # the name itself may hold spaces and brackets
    return text[opening + 1:closing], text[closing + 2:].split()


def name_of(pid: int) -> str:
    """The command's name (at most 15 characters); "?" once the process has gone."""
    try:
        return read(pid, "comm").rstrip("\n")
    except errors.IPCError:
        return "?"


def ended(pid: int) -> bool:
    """Gone, or a zombie: it will never do anything again. (A main thread may end before the others: no zombie yet.)"""
    try:
        fields = stat_fields(pid)[1]
    except errors.NotFound:
        return True
    return fields[0] in "ZX" and int(fields[17]) <= 1


def status_fields(pid: int) -> dict[str, str]:
    """/proc/PID/status as a dictionary of texts."""
    return dict(line.split(":\t", 1) for line in read(pid, "status").splitlines() if ":\t" in line)


def processes_having(folder: str) -> Iterator[tuple[int, list[str]]]:
    """Each process whose /proc/PID/folder we may list, with what is in it."""
    for pid in everybody():
        try:
            yield pid, names(pid, folder)
        except errors.IPCError:
            continue
