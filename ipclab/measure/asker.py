"""The caller's end of the line to the process that measures (`bench.py`)."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict

from ..errors import RunError
from ..mechanisms import ledger, leftovers
from .trial import Setting

__all__ = ["Bench"]


class Bench:
    """The process that forks both sides of each trial, for a with block that leaves nothing, even if it was killed.

    `watcher`: a program to run it under, which inherits the descriptors `inherited`, and makes it slower so that it
    deserves more `patience`.
    """

    def __init__(self, watcher: Sequence[str] = (), inherited: Sequence[int] = (), patience: float = 1):
        self.run = os.urandom(8).hex()
        self.command = [*watcher, sys.executable, "-P", "-m", "ipclab.measure.bench"]
        self.inherited, self.patience = inherited, patience

    def __enter__(self) -> Bench:
        self.said = os.memfd_create("said")                # what it prints when it fails
        marks = {"IPCLAB_RUN": self.run, "IPCLAB_SESSION": ledger.identity(os.getpid()),
                 "IPCLAB_LEDGERS": str(ledger.folder())}
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.said, pass_fds=self.inherited,
            start_new_session=True, cwd="/", env=os.environ | marks)       # Ctrl-C in a terminal reaches us alone
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self.process.stdin.close()                     # it ends its trial, takes all away, and ends
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        os.close(self.said)
        leftovers.sweep(self.run)                          # nothing, unless it was killed

    def tried(self, setting: Setting) -> dict:
        """One trial. Raises RunError if the process was ended, or says nothing."""
        deadline = self.patience * (20 + 50 * setting.seconds)
        question = json.dumps({**asdict(setting), "deadline": deadline}).encode() + b"\n"
        try:
            self.process.stdin.write(question)
            self.process.stdin.flush()
            if not select.select([self.process.stdout], [], [], deadline + 10)[0]:
                raise RunError(f"{setting}: the process that measures does not answer.")
            return json.loads(self.process.stdout.readline())
        except (BrokenPipeError, ValueError):
            raise RunError(f"{setting}: the process that measures has ended. {self._last_words()}") from None

    def _last_words(self) -> str:
        if text := os.pread(self.said, 100_000, 0).decode(errors="replace").strip():
            return text.splitlines()[-1]
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        status = self.process.returncode
        return f"Its status is {status}." if status and status > 0 else "Somebody killed it; measure again."
