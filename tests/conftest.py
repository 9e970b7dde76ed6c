"""Isolation, and a fixture that fails any test which leaves something behind."""

import ctypes
import gc
import os
import shutil
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from ipclab.processes import warm

KEPT_WARM = {"ipclab-zygote", "ipclab-spare"}
NEW_MOUNTS, NEW_IPC = 0x00020000, 0x08000000
PRIVATE, RECURSIVE = 1 << 18, 1 << 14


def _isolate() -> None:
    """As root: a System V namespace and a /dev/shm of our own, so that nobody else's objects look like our leaks."""
    libc = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() != 0 or libc.unshare(NEW_MOUNTS | NEW_IPC) != 0:
        return
    libc.mount(b"none", b"/", None, PRIVATE | RECURSIVE, None)
    libc.mount(b"tmpfs", b"/dev/shm", b"tmpfs", 0, None)


def pytest_configure(config) -> None:
    if not hasattr(config, "workerinput") and config.getoption("numprocesses", None):
        return                                  # xdist's controller runs no test
    _isolate()
    os.environ["IPCLAB_LEDGERS"] = tempfile.mkdtemp(prefix="ipclab-ledgers-")


def pytest_unconfigure(config) -> None:
    if "IPCLAB_LEDGERS" in os.environ:
        shutil.rmtree(os.environ["IPCLAB_LEDGERS"], ignore_errors=True)


def _lines(path: str) -> set[str]:
    return {" ".join(line.split()[:2]) for line in Path(path).read_text().splitlines()[1:]}


def _left() -> dict[str, set]:
    """All that a test could leave behind, as the kernel sees it."""
    return {
        "processes": {f"{p.pid} {_comm(p.pid)}: {_cmdline(p)}" for p in _children()},
        "descriptors": {_descriptor(fd) for fd in os.listdir("/proc/self/fd")} - {None},
        "System V semaphores": _lines("/proc/sysvipc/sem"),
        "System V queues": _lines("/proc/sysvipc/msg"),
        "System V segments": _lines("/proc/sysvipc/shm"),
        "files in /dev/shm": set(os.listdir("/dev/shm")),
        "ledgers": {path.name for path in Path(os.environ["IPCLAB_LEDGERS"]).iterdir()},
    }


def _children() -> list[psutil.Process]:
    return [p for p in psutil.Process().children(recursive=True) if _comm(p.pid) not in {"", *KEPT_WARM}]


def _comm(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _cmdline(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())[:80]
    except psutil.Error:
        return ""


def _descriptor(fd: str) -> str | None:
    try:
        return f"{fd} -> {os.readlink(f'/proc/self/fd/{fd}')}"
    except OSError:
        return None                             # the one that listdir itself used


def _wait_for_those_that_end() -> None:
    """A run's supervisor tells how the run ended and only then ends itself."""
    until = time.monotonic() + 5
    while any(_comm(p.pid) == "ipclab-run" for p in _children()) and time.monotonic() < until:
        os.sched_yield()


@pytest.fixture(autouse=True)
def leaves_nothing_behind(request):
    """Every test: processes, descriptors, kernel objects and files are the same after it as before."""
    if request.node.get_closest_marker("session_wide"):
        yield
        return
    warm()                                      # before the count: the session's zygote is kept on purpose
    before = _left()
    yield
    gc.collect()
    _wait_for_those_that_end()
    after = _left()
    left = {what: sorted(after[what] - before[what]) for what in after if after[what] - before[what]}
    assert not left, f"left behind: {left}"
