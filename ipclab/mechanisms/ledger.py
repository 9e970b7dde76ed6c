"""Who owns which kernel object or file that would outlive its process.

Each process that makes such a thing writes a line into a file of its own, named by the process's identity. The file of
a process that has ended tells `ipclab sweep` exactly what it left behind, also after `kill -9`. Where we choose the
name or the key we draw it at random and write the line first (`making`): whoever is killed while making it leaves a
line. A path may be another file's by and by. So once the file is there, a second line takes the place of the first,
with what proves that it is still the file that was made.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from ._object import explained

__all__ = ["BY_NAME", "Entry", "claim", "dead_ledgers", "drawn_key", "drawn_name", "ended", "folder", "identity",
           "making", "mine", "release"]

BY_NAME = "its name"                 # proof enough of a name or key of the kernel's that was drawn at random


@dataclass(frozen=True, slots=True)
class Entry:
    kind: str                        # "sysv sem|msg|shm", "posix sem|mq|shm", "file", "folder", "process"
    name: str                        # key (System V), name (POSIX), path or pid
    proof: str                       # BY_NAME, or what only this one has: device:inode of a file

    def __str__(self) -> str:
        name = f"with key {int(self.name):#010x}" if self.kind.startswith("sysv") else self.name     # as ipcs(1) has it
        return f"{self.kind} {name}"


def folder() -> Path:
    """The ledgers' folder, for this user alone."""
    path = _place()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o022:
        raise PermissionError(f"{path} is not a folder that only you can write to: remove it, or set IPCLAB_LEDGERS to "
                              "another folder")
    return path


def _place() -> Path:
    if told := os.environ.get("IPCLAB_LEDGERS"):
        return Path(told)
    import tempfile                                        # dear: a run's processes are told the folder instead
    return Path(tempfile.gettempdir()) / f"ipclab-{os.getuid()}"


def started(pid: int) -> str | None:
    """The start time of a live process in clock ticks since boot; None if it has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text[text.rindex(")") + 2:].split()
    return None if fields[0] in "ZX" else fields[19]


def identity(pid: int) -> str:
    """What names a live process for good: a pid is used again, but not with the same start time; and a pid means
    something only in its namespace (a container has its own), and a start time only until the machine starts anew."""
    return f"{pid}-{started(pid)}-{_world()}"


def ended(identity: str) -> bool:
    """True if that process has ended; False if it lives, or if we cannot know from here."""
    pid, start, world = identity.split("-")
    return world == _world() and started(int(pid)) != start


@cache
def _world() -> str:
    boot = Path("/proc/sys/kernel/random/boot_id").read_text()[:8]
    return f"{boot}.{os.stat('/proc/self/ns/pid').st_ino}"


def _file(pid: int) -> Path:
    return folder() / f"{identity(pid)}-{os.environ.get('IPCLAB_RUN', '0')}.jsonl"


_claims: dict[Entry, None] = {}
_owner = 0
_path: Path | None = None            # of this process's ledger, once it has one


def _adopt() -> None:
    """A forked child owns nothing of its parent's."""
    global _owner, _path
    if _owner != os.getpid():
        _claims.clear()
        _owner, _path = os.getpid(), None


def drawn_name(folder: str | os.PathLike = "/", what: str = "ipclab") -> str:
    """A name that nobody has."""
    return os.path.join(folder, f"{what}-{os.urandom(8).hex()}")


def drawn_key() -> int:
    """A System V key that hardly anybody has; never IPC_PRIVATE."""
    return int.from_bytes(os.urandom(4)) >> 1 or 1


@contextlib.contextmanager
def making(kind: str, name: str | int) -> Iterator[None]:
    """For the call that makes it under a name, or key, that was drawn. It is claimed before it is there, so that who is
    killed at any moment leaves nothing that no sweep finds; if the block raises, it is taken away."""
    from .leftovers import take_away, taken
    claim(kind, name, BY_NAME)
    try:
        yield
    except BaseException as error:
        if not taken(error):
            take_away(Entry(kind, str(name), BY_NAME))
        release(kind, name)
        raise


def claim(kind: str, name: object, proof: str) -> None:
    """This process makes it and answers for it; `proof` tells it from a later one of that name. The last claim counts.

    Raises IPCError where that cannot be written down, as for want of a descriptor; what was there is then taken away.
    """
    from .leftovers import take_away
    _adopt()
    entry = Entry(kind, str(name), proof)
    _forget(kind, str(name))
    _claims[entry] = None
    try:
        _write(entry)
    except OSError as error:
        _forget(kind, str(name))
        if proof != BY_NAME:                 # then there is nothing yet
            take_away(entry)
        hint = "It is in the folder for temporary files, or where IPCLAB_LEDGERS says." if error.errno else ""
        raise explained(error, "open", "the list of what this process makes", hint)


def _write(entry: Entry) -> None:
    global _path
    _path = _path or _file(os.getpid())
    with open(_path, "a") as file:
        file.write(json.dumps(asdict(entry)) + "\n")


def _forget(kind: str, name: str) -> None:
    for entry in [*_claims]:                 # a copy: another thread may claim meanwhile
        if (entry.kind, entry.name) == (kind, name):
            _claims.pop(entry, None)


def release(kind: str, name: object) -> None:
    """It is gone, whoever made it: nothing to clean up any more."""
    _adopt()
    _forget(kind, str(name))
    if not _claims and _path is not None:
        _path.unlink(missing_ok=True)
        for entry in [*_claims]:             # claimed by another thread or a signal handler just before the unlink
            _write(entry)


def mine() -> list[Entry]:
    """What this process still answers for."""
    _adopt()
    return list(_claims)


def dead_ledgers(run: str | None = None) -> Iterator[tuple[Path, list[Entry]]]:
    """The ledgers of processes that have ended, of one run or of all, with what they had claimed."""
    if not _place().exists():                              # a look does not make it: it may just have been removed
        return
    ending = f"-{run}.jsonl" if run else ".jsonl"
    for name in sorted(name for name in os.listdir(folder()) if name.endswith(ending)):
        with contextlib.suppress(ValueError, OSError):     # a name that is not of our making; one swept just now
            if ended(name.rpartition("-")[0]):
                yield folder() / name, _entries((folder() / name).read_text(errors="replace"))


def _entries(text: str) -> list[Entry]:
    found = {}
    for line in text.splitlines():
        with contextlib.suppress(ValueError, TypeError):   # the last line of a process killed while it wrote
            entry = Entry(**json.loads(line))
            found[entry.kind, entry.name] = entry
    return [*found.values()]


@atexit.register
def _at_exit() -> None:
    from .leftovers import remove
    for entry in mine():
        remove(entry)
        release(entry.kind, entry.name)
