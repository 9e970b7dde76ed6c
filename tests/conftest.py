"""Isolation, and a fixture that fails any test which leaves something behind."""

import contextlib
import ctypes
import gc
import os
import shutil
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path

import pytest

from ipclab.processes import warm

pytest_plugins = ["alone"]

KEPT_WARM = {"ipclab-zygote", "ipclab-spare"}
MQUEUES = Path("/dev/shm/mqueue")               # where our POSIX queues show as files, if we are root
NEW_MOUNTS, NEW_IPC = 0x00020000, 0x08000000
PRIVATE, RECURSIVE = 1 << 18, 1 << 14


def _isolate() -> None:
    """As root: an IPC namespace and a /dev/shm of our own, so that nobody else's objects look like our leaks."""
    libc = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() != 0 or libc.unshare(NEW_MOUNTS | NEW_IPC) != 0:
        return
    libc.mount(b"none", b"/", None, PRIVATE | RECURSIVE, None)
    libc.mount(b"tmpfs", b"/dev/shm", b"tmpfs", 0, None)
    MQUEUES.mkdir()
    libc.mount(b"mqueue", bytes(MQUEUES), b"mqueue", 0, None)


def pytest_configure(config) -> None:
    if not hasattr(config, "workerinput") and config.getoption("numprocesses", None):
        return                                  # xdist's controller runs no test
    _isolate()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:    # a shell's background job: Ctrl-C is tested nevertheless
        signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ["IPCLAB_LEDGERS"] = tempfile.mkdtemp(prefix="ipclab-ledgers-")


def pytest_unconfigure(config) -> None:
    if "IPCLAB_LEDGERS" in os.environ:
        shutil.rmtree(os.environ["IPCLAB_LEDGERS"], ignore_errors=True)


def pytest_terminal_summary(terminalreporter) -> None:
    """One line for all that was left out, and how to get it."""
    reasons = Counter(str(report.longrepr[2]).removeprefix("Skipped: ")
                      for report in terminalreporter.stats.get("skipped", ()))
    if reasons:
        terminalreporter.write_line("left out: " + "; ".join(f"{n} tests ({why})" for why, n in reasons.items()))


def _lines(path: str) -> set[str]:
    return {" ".join(line.split()[:2]) for line in Path(path).read_text().splitlines()[1:]}


def _left() -> dict[str, set]:
    """All that a test could leave behind, as the kernel sees it."""
    return {
        "processes": {f"{pid} {name}: {_cmdline(pid)}" for pid, name in _children().items()},
        "descriptors": {_descriptor(fd) for fd in os.listdir("/proc/self/fd")} - {None},
        "System V semaphores": _lines("/proc/sysvipc/sem"),
        "System V queues": _lines("/proc/sysvipc/msg"),
        "System V segments": _lines("/proc/sysvipc/shm"),
        "POSIX queues": set(os.listdir(MQUEUES)) if MQUEUES.exists() else set(),
        "files in /dev/shm": set(os.listdir("/dev/shm")),
        "handlers of signals": {f"{number}: {signal.getsignal(number)}" for number in signal.valid_signals()},
        "ledgers": {path.name for path in Path(os.environ["IPCLAB_LEDGERS"]).iterdir()},
    }


def _children() -> dict[int, str]:
    """Pid and name of every descendant but those that are kept warm on purpose."""
    return {pid: name for pid in _descendants(os.getpid()) if (name := _comm(pid)) not in {"", *KEPT_WARM}}


def _descendants(pid: int) -> list[int]:
    # Asking the kernel for the children of one process is cheap; reading all of /proc for each test is not.
    found = []
    with contextlib.suppress(OSError):          # the process ends while we look
        for thread in os.listdir(f"/proc/{pid}/task"):
            found += [int(child) for child in _read(f"/proc/{pid}/task/{thread}/children").split()]
    return found + [grandchild for child in found for grandchild in _descendants(child)]


def _read(path: Path | str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""                               # the process has ended


def _comm(pid: int) -> str:
    return _read(f"/proc/{pid}/comm").strip()


def _cmdline(pid: int) -> str:
    return _read(f"/proc/{pid}/cmdline").replace("\0", " ")[:80]


def _descriptor(fd: str) -> str | None:
    try:
        return f"{fd} -> {os.readlink(f'/proc/self/fd/{fd}')}"
    except OSError:
        return None                             # the one that listdir itself used


def _until(holds) -> None:
    """Look at the kernel's list of processes until it is so, or for five seconds: then the test says what is wrong."""
    until = time.monotonic() + 5
    while not holds() and time.monotonic() < until:
        os.sched_yield()


def _names() -> set[str]:
    return {_comm(pid) for pid in _descendants(os.getpid())}


@pytest.fixture(scope="session")
def fonts() -> None:
    """matplotlib keeps the files of its fonts open once it has used them: here before a test looks who leaves what."""
    from ipclab.draw.plot import drawing, panels

    figure, (axis,) = panels(200, 200)
    for weight in ("normal", "bold"):
        axis.text(0, 0, "µ", fontweight=weight)
    drawing(figure, "", "")


@pytest.fixture(autouse=True)
def leaves_nothing_behind(request):
    """Every test: processes, descriptors, handlers, kernel objects and files are the same after it as before."""
    if request.node.get_closest_marker("session_wide"):
        yield
        return
    warm()                                      # before the count: the session's zygote is kept on purpose
    _until(lambda: KEPT_WARM <= _names())       # while it starts it has no name yet to be known by
    before = _left()
    yield
    _until(lambda: "ipclab-run" not in _names())   # a supervisor tells how the run ended and only then ends itself
    if _more_than(before):
        gc.collect()                            # what only a cycle of garbage holds is not left behind
    assert not (left := _more_than(before)), f"left behind: {left}"


def _more_than(before: dict[str, set]) -> dict[str, list]:
    after = _left()
    return {what: sorted(after[what] - before[what]) for what in after if after[what] - before[what]}


# Two workers take the files in this order. The long ones go first, or one worker would end alone with them; the book
# is built in the first, and read when it is there.
LONGEST_FIRST = ("browser/test_book.py", "browser/test_lab.py", "labs/test_signals.py", "labs/test_semaphores.py",
                 "labs/test_producer_consumer.py", "grade/test_grade.py", "browser/test_live.py", "grade/test_attacks.py",
                 "grade/test_scale.py", "grade/test_cluster.py", "explore/test_explorer.py", "book/test_build.py",
                 "browser/test_pictures.py", "grade/test_judge.py", "explore/test_instants.py", "explore/test_crashes.py",
                 "explore/test_real_programs.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    rank = {name: number for number, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: rank.get(f"{item.path.parent.name}/{item.path.name}", len(rank)))
