"""The process that forks both sides of each trial: `python -m ipclab.measure.bench`.

It has one thread and nothing else to do, so a fork of it is clean, which a fork of a notebook's kernel is not. On
standard input comes one setting a line; the answer goes out as one line. It waits for the next one in between, so
whoever asks can draw its progress while nothing is measured. End-of-file means that the asker has ended.
"""

from __future__ import annotations

import contextlib
import errno
import json
import mmap
import os
import select
import signal
import socket
import sys
import time
from array import array
from collections.abc import Iterator

import posix_ipc
import sysv_ipc

from ..errors import IPCError
from ..processes import _calls
from . import ways
from ._way import Way, Work
from .trial import LATENCY, MOST, Setting, play, tell

__all__ = ["Gone", "serve", "tried"]

NOT_HERE = {errno.EPERM, errno.EACCES, errno.ENOSYS, errno.EMFILE, errno.ENOSPC, errno.ENOMEM, errno.EOPNOTSUPP}
REPORT = 4096                        # bytes for what one side found


class Gone(Exception):
    """Whoever asked has ended."""


def serve(asker: int = 0) -> None:
    """Try what comes in, one after the other, until the end of file."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)           # Ctrl-C is the asker's, who then closes the line
    _calls.call_oneself("ipclab-measure")
    _as_nice_as_asked()
    with open(asker, "rb", buffering=0, closefd=False) as line, contextlib.suppress(Gone):
        while asked := line.readline():
            plain = json.loads(asked)
            seconds = plain.pop("deadline")
            plain["processors"] = tuple(plain["processors"])
            print(json.dumps(tried(Setting(**plain), seconds, asker)), flush=True)


def _as_nice_as_asked() -> None:
    """Give our session the nice value that we were started with: of itself that counts within a session only (sched(7),
    "The autogroup feature"), and ours is new."""
    nice = os.nice(0)
    if nice != 0:
        with contextlib.suppress(OSError), open("/proc/self/autogroup", "w") as file:
            file.write(str(nice))


def tried(setting: Setting, seconds: float, asker: int | None = None) -> dict:
    """One trial: both sides' findings, or {"unavailable": why} or {"failed": why}. Nothing of it is left.

    It takes at most `seconds`. Raises Gone if the descriptor `asker` comes to its end meanwhile.
    """
    try:
        way = ways.made(setting.way, setting.twin, Work(setting.size, setting.depth))
    except (OSError, IPCError, posix_ipc.Error, sysv_ipc.Error) as error:
        return {"unavailable": str(error)}
    with contextlib.closing(way):
        return _played(setting, way, time.monotonic() + seconds, asker)


def _played(setting: Setting, way: Way, deadline: float, asker: int | None) -> dict:
    with contextlib.ExitStack() as closing:
        samples = closing.enter_context(mmap.mmap(-1, MOST * 8))
        reports = [closing.enter_context(mmap.mmap(-1, REPORT)) for _ in range(2)]
        controls = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for control in controls:
            closing.enter_context(control)
        sides: list[int] = []
        closing.callback(_end, sides)
        for side in range(2):
            sides.append(_forked(setting, way, side, controls, samples, reports[side]))
        problem = _watched(sides, deadline, asker)
        first, second = (json.loads(report[:].partition(b"\0")[0] or "{}") for report in reports)
        if problem or "error" in first or "error" in second:
            return _failure(problem, [found for found in (first, second) if "error" in found])
        taken = array("q", samples[:first["n"] * 8]).tolist() if setting.what == LATENCY else []
        return {"n": first["n"], "elapsed": first["elapsed"], "samples": taken,
                "cpu": first["cpu"] + second["cpu"], "switches": first["switches"] + second["switches"]}


def _forked(setting: Setting, way: Way, side: int, controls, samples: mmap.mmap, report: mmap.mmap) -> int:
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        _calls.die_with(parent)
        controls[1 - side].close()
        play(setting, way, side, controls[side], samples, report)
        code = 0
    except BaseException as error:
        tell(report, {"error": f"{type(error).__name__}: {error}", "errno": getattr(error, "errno", None)})
    finally:
        os._exit(code)


def _watched(sides: list[int], deadline: float, asker: int | None) -> str:
    """Wait until both have ended well; "" then, else what went wrong."""
    with _pidfds(sides) as descriptors:
        poll = select.poll()
        for descriptor in descriptors:
            poll.register(descriptor, select.POLLIN)
        if asker is not None:
            poll.register(asker, select.POLLIN)
        while sides:
            ready = poll.poll(max(0, deadline - time.monotonic()) * 1000)
            if not ready:
                return "it did not finish in time"
            for descriptor, _ in ready:
                if descriptor not in descriptors:
                    raise Gone
                poll.unregister(descriptor)
                pid = descriptors[descriptor]
                status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                sides.remove(pid)
                if status != 0:
                    return f"a side ended with status {status}"
    return ""


@contextlib.contextmanager
def _pidfds(sides: list[int]) -> Iterator[dict[int, int]]:
    found = {os.pidfd_open(pid): pid for pid in sides}
    try:
        yield found
    finally:
        for descriptor in found:
            os.close(descriptor)


def _end(sides: list[int]) -> None:
    for pid in sides:
        os.kill(pid, signal.SIGKILL)                       # ours and not waited for: it cannot be somebody else
        os.waitpid(pid, 0)


def _failure(problem: str, told: list[dict]) -> dict:
    """A side whose partner was killed or ended says only that; who has an error of its own says why."""
    why = "; ".join(found["error"] for found in told) or problem
    missing = any(found["errno"] in NOT_HERE for found in told)
    return {"unavailable" if missing else "failed": why}


if __name__ == "__main__":
    serve()
    sys.exit()
