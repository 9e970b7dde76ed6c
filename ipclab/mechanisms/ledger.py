"""Who owns which kernel object or file that would outlive its process.

Each process that makes such a thing writes a line into a file of its own, named by its pid and start time. The file of
a process that has ended tells `ipclab sweep` exactly what it left behind, also after `kill -9`. Ids and names can be
used again by others, so a line carries what proves that the thing is still the one that was made.
"""

from __future__ import annotations

import atexit
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["Entry", "claim", "dead_ledgers", "folder", "mine", "release"]


@dataclass(frozen=True, slots=True)
class Entry:
    kind: str                        # "sysv sem", "sysv msg", "sysv shm", "posix sem", "posix mq", "posix shm", "file"
    name: str                        # id, name or path
    proof: str                       # key of the System V object, or device:inode of the file


def folder() -> Path:
    """The ledgers' folder, for this user alone."""
    path = Path(os.environ.get("IPCLAB_LEDGERS") or Path(tempfile.gettempdir()) / f"ipclab-{os.getuid()}")
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.stat().st_uid != os.getuid():
        raise PermissionError(f"{path} belongs to somebody else; remove it, or set IPCLAB_LEDGERS to another folder")
    return path


def started(pid: int) -> str | None:
    """The start time of a live process in clock ticks since boot, which with its pid names it for good; else None."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text[text.rindex(")") + 2:].split()
    return None if fields[0] == "Z" else fields[19]


def _file(pid: int) -> Path:
    return folder() / f"{pid}-{started(pid)}.jsonl"


_claims: dict[Entry, None] = {}
_owner = 0


def _adopt() -> None:
    """A forked child owns nothing of its parent's."""
    global _owner
    if _owner != os.getpid():
        _claims.clear()
        _owner = os.getpid()


def claim(kind: str, name: object, proof: object = "") -> None:
    """This process made it and answers for it."""
    _adopt()
    entry = Entry(kind, str(name), str(proof))
    _claims[entry] = None
    with _file(os.getpid()).open("a") as file:
        file.write(json.dumps(asdict(entry)) + "\n")


def release(kind: str, name: object) -> None:
    """It is gone, whoever made it: nothing to clean up any more."""
    _adopt()
    for entry in [e for e in _claims if (e.kind, e.name) == (kind, str(name))]:
        del _claims[entry]
    if not _claims:
        _file(os.getpid()).unlink(missing_ok=True)


def mine() -> list[Entry]:
    """What this process still answers for."""
    _adopt()
    return list(_claims)


def dead_ledgers() -> Iterator[tuple[Path, list[Entry]]]:
    """The ledgers of processes that have ended, with what they had claimed."""
    for path in sorted(folder().glob("*-*.jsonl")):
        pid, start = path.stem.split("-")
        if started(int(pid)) != start:
            yield path, [Entry(**json.loads(line)) for line in path.read_text().splitlines() if line.endswith("}")]


@atexit.register
def _at_exit() -> None:
    from .leftovers import remove
    for entry in mine():
        remove(entry)
        release(entry.kind, entry.name)
