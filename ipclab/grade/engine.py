"""Resident processes in which pytest with nbval judges one submission after the other.

Starting pytest and importing nbval takes a second, as long as judging a small lab. So an engine starts once and then
takes a submission a line. It ends with the pipe on which the lines come: also in the middle of a check, and also when
whoever holds the other end is killed.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .box import Box

__all__ = ["Engine", "Engines", "Line"]

Line = dict[str, Any]                # what an engine says of one check; see `plugin.pytest_runtest_logreport`


class Engine:
    """One resident process. One thread at a time may use it; any may `kill` it."""

    def __init__(self, box: Box, hidden: tuple[Path, ...] = ()):
        self._work = tempfile.TemporaryDirectory(prefix="ipclab-grading-")
        folder = Path(self._work.name)
        (folder / "pytest.ini").write_text("[pytest]\n")
        requests, ours = os.pipe()
        theirs, answers = os.pipe()
        self._requests, self._answers = open(ours, "wb"), open(theirs, "rb")
        self._process = subprocess.Popen(_command(folder, box, hidden, requests, answers), cwd=folder,
                                         env=_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL, pass_fds=(requests, answers), start_new_session=True)
        os.close(requests)
        os.close(answers)

    def judged(self, notebook: dict[str, Any]) -> Iterator[Line]:
        """A line for each check of an `assembled` notebook, as soon as it is decided; fewer if the process is lost."""
        with contextlib.suppress(BrokenPipeError):
            self._requests.write(json.dumps(notebook).encode() + b"\n")
            self._requests.flush()
        for answer in self._answers:
            line = json.loads(answer)
            if "end" in line:
                return
            yield line

    def kill(self) -> None:
        """End the process, whatever it does. The box of the check that it judges ends with it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def close(self) -> None:
        self.kill()
        self._process.wait()
        self._answers.close()
        with contextlib.suppress(BrokenPipeError):
            self._requests.close()
        self._work.cleanup()


class Engines:
    """As many engines as are asked at the same time, each kept for the next who asks; all end with the with block."""

    def __init__(self, box: Box, hidden: tuple[Path, ...] = ()):
        self._box, self._hidden = box, hidden
        self._idle: queue.LifoQueue[Engine] = queue.LifoQueue()
        self._all: list[Engine] = []
        self._lock, self._stopped = threading.Lock(), False

    def judged(self, notebook: dict[str, Any]) -> Iterator[Line]:
        """Every check's line. A submission that takes its engine down is tried once more, in a new one."""
        left = {cell["metadata"]["task"]: cell for cell in notebook["cells"]}
        for _ in range(2):
            if (engine := self._engine()) is None:
                return
            for line in engine.judged({**notebook, "cells": list(left.values())}):
                del left[line["task"]]
                yield line
            if not left:
                self._idle.put(engine)
                return
            engine.kill()
        for task in left if not self._stopped else ():
            yield {"task": task, "passed": False, "verdict": None, "seconds": 0.0,
                   "trouble": "the grader was ended while it judged this submission"}

    def _engine(self) -> Engine | None:
        with self._lock:
            if self._stopped:
                return None
            if not self._idle.empty():
                return self._idle.get()
            self._all.append(Engine(self._box, self._hidden))
            return self._all[-1]

    def stop(self) -> None:
        """End all engines at once; whoever waits for one's lines gets no more."""
        with self._lock:
            self._stopped = True
        for engine in self._all:
            engine.kill()

    def __enter__(self) -> Engines:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        for engine in self._all:
            engine.close()


def _command(work: Path, box: Box, hidden: tuple[Path, ...], requests: int, answers: int) -> list[str]:
    return [sys.executable, "-I", "-m", "pytest", "-q", "-c", str(work / "pytest.ini"), "--rootdir", str(work),
            "--noconftest", "-p", "no:cacheprovider", "-p", "ipclab.grade.plugin", "-p", "nbval.plugin",
            "--ipclab-requests", str(requests), "--ipclab-answers", str(answers),
            "--ipclab-box", json.dumps({"kind": box.kind, "program": box.program}),
            *(f"--ipclab-hidden={path}" for path in hidden), str(work)]


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON"))}
    return kept | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
