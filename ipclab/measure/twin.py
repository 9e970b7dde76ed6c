"""twin.c, compiled once for this user where there is a compiler, and called in the two processes."""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from ..errors import NotInstalled
from ..mechanisms import ledger, leftovers

__all__ = ["Loops", "compiler", "compiled"]

SOURCE = Path(__file__).with_name("twin.c")
FLAGS = ["-O2", "-shared", "-fPIC"]
KINDS = ("STREAM SOCKET PACKETS SYSTEM_V_QUEUE POSIX_QUEUE SYSTEM_V_SEMAPHORE POSIX_SEMAPHORE EVENTFD SIGNAL "
         "PROCESS_VM_READV RING MEMMOVE").split()
NONE = -1


@cache
def compiler() -> str | None:
    """The C compiler's name and version; None if this machine has none."""
    if shutil.which("cc") is None:
        return None
    told = subprocess.run(["cc", "--version"], capture_output=True, text=True, timeout=60)
    return told.stdout.splitlines()[0] if told.returncode == 0 and told.stdout else None


def compiled() -> Path:
    """The library of the C loops, made now if it is not there. Raises NotInstalled if it cannot be made or loaded."""
    version = compiler()
    if version is None:
        raise NotInstalled("There is no C compiler (cc), so no C twins are measured. "
                           "Debian and Ubuntu: apt install gcc libc6-dev.")
    told = "\0".join([SOURCE.read_text(), version, platform.machine(), *FLAGS])
    library = _cache() / f"twin-{hashlib.sha256(told.encode()).hexdigest()[:16]}.so"
    if not library.exists():
        _compile(library)
    try:
        ctypes.CDLL(str(library))                          # refused where nothing may be executed: mount(8), noexec
    except OSError as error:
        raise NotInstalled(f"The C twins cannot be loaded ({error}). Set XDG_CACHE_HOME to a folder from which "
                           "programs may be executed.") from error
    return library


def _cache() -> Path:
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ipclab"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise NotInstalled(f"The C twins have no place: {folder} could not be made ({error.strerror}). "
                           "Set XDG_CACHE_HOME to a folder that you can write to.") from error
    return folder


def _compile(library: Path) -> None:
    """Beside its place and then moved there, so that nobody finds half of it."""
    try:
        descriptor, beside = tempfile.mkstemp(prefix=".twin-", dir=library.parent)
    except OSError as error:
        raise NotInstalled(f"The C twins have no place: nothing can be written into {library.parent} "
                           f"({error.strerror}). Set XDG_CACHE_HOME to another folder.") from error
    os.close(descriptor)
    ledger.claim("file", beside, leftovers.file_proof(beside))
    try:
        done = subprocess.run(["cc", *FLAGS, "-o", beside, SOURCE, "-lrt", "-lpthread"], capture_output=True, text=True,
                              timeout=120)
        if done.returncode != 0:
            raise NotInstalled(f"The C twins could not be compiled: {(done.stderr.splitlines() or ['cc failed'])[0]}")
        os.replace(beside, library)
    finally:
        Path(beside).unlink(missing_ok=True)
        ledger.release("file", beside)


class _End(ctypes.Structure):
    """struct end"""

    _fields_ = [
        *[(name, ctypes.c_long) for name in ("kind", "size", "part", "out", "in_", "depth")],
        ("slots_out", ctypes.c_void_p), ("slots_in", ctypes.c_void_p),
        *[(name, ctypes.c_long) for name in ("full_out", "empty_out", "full_in", "empty_in")],
        ("sent", ctypes.c_ulong), ("received", ctypes.c_ulong), ("peer", ctypes.c_long),
        ("scratch", ctypes.c_void_p), ("report", ctypes.c_void_p),
    ]


class Loops:
    """The four loops of trial.py, in C, for one end of a way."""

    def __init__(self, library: str, way, side: int, report: int):
        given = {"part": way.size, "depth": 1, "empty_out": NONE, "empty_in": NONE, **way.native(side)}
        self.scratch = ctypes.create_string_buffer(way.size + given["part"] + 8)
        self.buffer = ctypes.create_string_buffer(way.size + given["part"])
        self.messages = b"".join(way.messages())
        self.end = _End(kind=KINDS.index(way.kind), size=way.size, peer=way.peer, report=report,
                        scratch=ctypes.addressof(self.scratch), **given)
        self.library = ctypes.CDLL(library)
        for name in ("ping", "pong", "give", "take"):
            getattr(self.library, name).restype = ctypes.c_long
        self.given = ctypes.byref(self.end), self.messages

    def ping(self, n: int, samples: int) -> int:
        return self.library.ping(*self.given, self.buffer, ctypes.c_long(n), ctypes.c_void_p(samples))

    def pong(self, n: int) -> int:
        return self.library.pong(*self.given, self.buffer, ctypes.c_long(n))

    def give(self, n: int) -> int:
        return self.library.give(*self.given, ctypes.c_long(n))

    def take(self, n: int, whole: bool) -> int:
        return self.library.take(*self.given, self.buffer, ctypes.c_long(n), whole)
