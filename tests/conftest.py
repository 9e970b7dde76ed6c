"""Isolation, and a fixture that fails any test which leaves something behind."""

import ctypes
import gc
import os
import shutil
import tempfile
from pathlib import Path

import psutil
import pytest

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
        "processes": {f"{p.pid} {' '.join(p.cmdline())[:80]}" for p in _children()},
        "descriptors": {_descriptor(fd) for fd in os.listdir("/proc/self/fd")} - {None},
        "System V semaphores": _lines("/proc/sysvipc/sem"),
        "System V queues": _lines("/proc/sysvipc/msg"),
        "System V segments": _lines("/proc/sysvipc/shm"),
        "files in /dev/shm": set(os.listdir("/dev/shm")),
        "ledgers": {path.name for path in Path(os.environ["IPCLAB_LEDGERS"]).iterdir()},
    }


def _children() -> list[psutil.Process]:
    # The warm zygote of `ipclab.processes` is kept on purpose, for the whole session.
    return [p for p in psutil.Process().children(recursive=True) if "ipclab.processes" not in " ".join(_cmdline(p))]


def _cmdline(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _descriptor(fd: str) -> str | None:
    try:
        return f"{fd} -> {os.readlink(f'/proc/self/fd/{fd}')}"
    except OSError:
        return None                             # the one that listdir itself used


@pytest.fixture(autouse=True)
def leaves_nothing_behind(request):
    """Every test: processes, descriptors, kernel objects and files are the same after it as before."""
    if request.node.get_closest_marker("session_wide"):
        yield
        return
    before = _left()
    yield
    gc.collect()
    after = _left()
    left = {what: sorted(after[what] - before[what]) for what in after if after[what] - before[what]}
    assert not left, f"left behind: {left}"
