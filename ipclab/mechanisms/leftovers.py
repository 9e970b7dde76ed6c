"""Remove what a ledger names, if it is still what was made."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import posix_ipc
import sysv_ipc

from . import ledger
from ._object import raised_here
from .ledger import Entry

__all__ = ["file_proof", "remove", "sweep", "take_away", "taken"]

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
    if entry.proof != ledger.BY_NAME:
        try:
            if file_proof(entry.name) != entry.proof:
                return False
        except (OSError, ValueError):
            return False
    return take_away(entry)


def take_away(entry: Entry) -> bool:
    """Remove what has that name, without a look at its proof; True if it is gone."""
    try:
        if entry.kind in _SYSV:
            table, removing = _SYSV[entry.kind]
            removing(_id_of(table, entry.name))
        elif entry.kind in _POSIX:
            _POSIX[entry.kind](entry.name)
        elif entry.kind == "folder":
            import shutil                                  # dear, and rarely needed
            shutil.rmtree(entry.name)
        else:
            os.unlink(entry.name)
    except (OSError, LookupError, ValueError, sysv_ipc.Error, posix_ipc.Error):
        return False
    return True


def taken(error: BaseException) -> bool:
    """Did one of our calls fail, and not a signal handler, because that name, key or path is somebody else's?"""
    return raised_here(error) and (
        isinstance(error, (FileExistsError, sysv_ipc.ExistentialError, posix_ipc.ExistentialError))
        or getattr(error, "errno", None) == errno.EADDRINUSE)


def file_proof(path: str | os.PathLike) -> str:
    """Device, inode and type: the same path with another file behind it is not the file we made."""
    status = os.lstat(path)
    return f"{status.st_dev}:{status.st_ino}:{stat.S_IFMT(status.st_mode):o}"


def _id_of(table: str, key: str) -> int:
    for line in Path(f"/proc/sysvipc/{table}").read_text().splitlines()[1:]:
        its_key, id = line.split()[:2]
        if its_key == key:
            return int(id)
    raise LookupError(key)
