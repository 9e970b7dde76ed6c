"""Call a function of the reader's own session in a fresh process that has one thread."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from types import CodeType
from typing import Any

import cloudpickle

from .. import errors

__all__ = ["call_in_fresh_process"]

_CHILD = """
import os, sys, pickle
answer = os.dup(1); os.dup2(2, 1)
sys.path[:] = pickle.load(sys.stdin.buffer)
function, args = pickle.load(sys.stdin.buffer)
with os.fdopen(answer, "w") as file: file.write(function(*args))
"""


def call_in_fresh_process(function: Callable[..., str], *args: Any) -> str:
    """The text that `function(*args)` returned there. Functions travel by value, so those of a notebook do too."""
    sent = _dumped(sys.path) + _dumped((function, args))
    done = subprocess.run([sys.executable, "-c", _CHILD], input=sent, capture_output=True)
    if done.returncode != 0:
        raise errors.RunError(f"the fresh process failed:\n{done.stderr.decode(errors='replace')[-2000:]}")
    return done.stdout.decode()


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
