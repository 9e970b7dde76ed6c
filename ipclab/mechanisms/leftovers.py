"""Remove what a ledger names, if it is still the thing that was made."""

from __future__ import annotations

import os
from pathlib import Path

import posix_ipc
import sysv_ipc

from . import ledger
from .ledger import Entry

__all__ = ["remove", "sweep"]

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


def sweep() -> list[Entry]:
    """Remove what processes that have ended left behind, and nothing else; the list of what was removed."""
    removed = []
    for path, entries in ledger.dead_ledgers():
        removed += [entry for entry in entries if remove(entry)]
        path.unlink(missing_ok=True)
    return removed


def remove(entry: Entry) -> bool:
    """True if it was there, was the same, and is gone now."""
    try:
        if entry.kind in _SYSV:
            table, take = _SYSV[entry.kind]
            if _sysv_key(table, int(entry.name)) != entry.proof:
                return False
            take(int(entry.name))
        elif entry.kind in _POSIX:
            _POSIX[entry.kind](entry.name)
        else:
            if file_proof(entry.name) != entry.proof:
                return False
            os.unlink(entry.name)
    except (OSError, sysv_ipc.Error, posix_ipc.Error):
        return False
    return True


def file_proof(path: str | os.PathLike) -> str:
    """Device and inode: the same path with another file behind it is not the file we made."""
    status = os.lstat(path)
    return f"{status.st_dev}:{status.st_ino}"


def _sysv_key(table: str, id: int) -> str | None:
    for line in Path(f"/proc/sysvipc/{table}").read_text().splitlines()[1:]:
        key, number = line.split()[:2]
        if int(number) == id:
            return key
    return None
