"""Run a function of the reader's own session in a fresh process that has one thread: a call, or a talk."""

from __future__ import annotations

import contextlib
import io
import subprocess
import sys
import tempfile
from collections.abc import Callable
from types import CodeType
from typing import Any

import cloudpickle

from .. import errors

__all__ = ["Talk", "call_in_fresh_process"]

_CHILD = """
import os, sys, pickle
answer = os.dup(1); os.dup2(2, 1)
sys.path[:] = pickle.load(sys.stdin.buffer)
function, args = pickle.load(sys.stdin.buffer)
with os.fdopen(answer, "w") as file: file.write(function(*args))
"""

_TALKER = """
import contextlib, os, sys, pickle
answers = os.fdopen(os.dup(1), "w", buffering=1); os.dup2(2, 1)
sys.path[:] = pickle.load(sys.stdin.buffer)
function, args = pickle.load(sys.stdin.buffer)
with contextlib.closing(function(*args, sys.stdin.buffer)) as talk:
    for answer in talk: print(answer, file=answers)
"""


def call_in_fresh_process(function: Callable[..., str], *args: Any) -> str:
    """The text that `function(*args)` returned there. Functions travel by value, so those of a notebook do too."""
    sent = _dumped(sys.path) + _dumped((function, args))
    done = subprocess.run([sys.executable, "-c", _CHILD], input=sent, capture_output=True)
    if done.returncode != 0:
        raise errors.RunError(f"the fresh process failed:\n{done.stderr.decode(errors='replace')[-2000:]}")
    return done.stdout.decode()


class Talk:
    """A fresh process in which `function(*args, lines)` yields one line for each line that it is asked.

    It is asked no more when it is closed, and when this process has ended, however that came about: then `lines` ends.
    """

    def __init__(self, function: Callable[..., Any], *args: Any):
        self._said = tempfile.TemporaryFile()
        # A session of its own: what interrupts the kernel must not interrupt it.
        self._process = subprocess.Popen([sys.executable, "-P", "-c", _TALKER], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, stderr=self._said, start_new_session=True)
        with contextlib.suppress(BrokenPipeError):           # then the first question finds out
            self._process.stdin.write(_dumped(sys.path) + _dumped((function, args)))

    @property
    def lives(self) -> bool:
        return self._process.poll() is None

    def ask(self, line: str) -> str:
        """Its answer. Raises RunError if it ends instead, and whatever interrupts the waiting; both close it."""
        answer = b""
        try:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(line.encode() + b"\n")
                self._process.stdin.flush()
                answer = self._process.stdout.readline()
        finally:
            if not answer:
                self.close()
        if not answer:
            self._said.seek(0)
            raise errors.RunError(f"the fresh process ended:\n{self._said.read().decode(errors='replace')[-2000:]}")
        return answer.decode()

    def close(self) -> None:
        """Let it clean up and end; it has some seconds for that."""
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.stdout.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class _Pickler(cloudpickle.Pickler):
    """cloudpickle writes "<dynamic-code>" for the file of a function; a reader wants to know the cell."""

    def reducer_override(self, obj: Any) -> Any:
        if not isinstance(obj, CodeType):
            return super().reducer_override(obj)
        make, arguments = self.dispatch_table[CodeType](obj)
        return make, tuple(obj.co_filename if a == "<dynamic-code>" else a for a in arguments)


def _dumped(value: Any) -> bytes:
    file = io.BytesIO()
    _Pickler(file).dump(value)
    return file.getvalue()
