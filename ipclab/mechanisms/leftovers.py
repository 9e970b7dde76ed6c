"""Remove what a ledger names, if it is still the thing that was made."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

import posix_ipc
import sysv_ipc

from . import ledger
from .ledger import Entry

__all__ = ["file_proof", "proof_of", "remove", "sweep", "take_away"]

_SYSV = {
    "sysv sem": ("sem", sysv_ipc.remove_semaphore),
    "sysv msg": ("msg", sysv_ipc.remove_message_queue),
    "sysv shm": ("shm", sysv_ipc.remove_shared_memory),
}
_POSIX = {
    "posix sem": posix_ipc.unlink_semaphore,
    "posix mq": posix_ipc.unlink_message_queue,
    "posix shm": posix_ipc.unlink_shared_memory,
}


def sweep(run: str | None = None) -> list[Entry]:
    """Remove what processes that have ended left behind, and nothing else; the list of what was removed.

    `run`: only what processes of that run left, which had it in their environment as IPCLAB_RUN.
    """
    removed = []
    for path, entries in ledger.dead_ledgers(run):
        removed += [entry for entry in entries if remove(entry)]
        path.unlink(missing_ok=True)
    return removed


def remove(entry: Entry) -> bool:
    """True if it was there, was the same, and is gone now."""
    if entry.proof == ledger.BY_NAME:
        return take_away(entry)
    try:
        if not entry.proof or proof_of(entry.kind, entry.name) != entry.proof:
            return False
    except ValueError:
        return False
    return take_away(entry)


def take_away(entry: Entry) -> bool:
    """Remove it without a look at its proof; True if it is gone. For what this process has made a moment ago."""
    try:
        if entry.kind in _SYSV:
            _SYSV[entry.kind][1](int(entry.name))
        elif entry.kind in _POSIX:
            _POSIX[entry.kind](entry.name)
        elif entry.kind == "folder":
            import shutil                                  # dear, and rarely needed
            shutil.rmtree(entry.name)
        else:
            os.unlink(entry.name)
    except (OSError, ValueError, sysv_ipc.Error, posix_ipc.Error):
        return False
    return True


def proof_of(kind: str, name: str) -> str:
    """What the kernel says now of the thing with that id, name or path; "" if there is none."""
    try:
        if kind in _SYSV:
            return _sysv_key(_SYSV[kind][0], int(name))
        if kind == "posix mq":
            return _queue_proof(name)
        return file_proof(_path(kind, name))
    except (OSError, posix_ipc.Error):
        return ""


def file_proof(path: str | os.PathLike) -> str:
    """Device, inode and type: the same path with another file behind it is not the file we made."""
    return _proof(os.lstat(path))


def _proof(status: os.stat_result) -> str:
    return f"{status.st_dev}:{status.st_ino}:{stat.S_IFMT(status.st_mode):o}"


def _path(kind: str, name: str) -> str:
    """Where the C library keeps POSIX semaphores and shared memory; shm_overview(7), sem_overview(7)."""
    return {"posix sem": "/dev/shm/sem.", "posix shm": "/dev/shm/"}.get(kind, "") + (
        name.lstrip("/") if kind in _POSIX else name)


def _queue_proof(name: str) -> str:
    queue = posix_ipc.MessageQueue(name)                   # its descriptor leads to a file also where none is mounted
    try:
        return _proof(os.fstat(queue.mqd))
    finally:
        queue.close()


def _sysv_key(table: str, id: int) -> str:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/sysvipc/{table}").read_text().splitlines()[1:]:
            key, number = line.split()[:2]
            if int(number) == id:
                return key
    return ""
