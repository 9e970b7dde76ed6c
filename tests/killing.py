"""Processes that are killed before any line one likes."""

import itertools
import os
import signal
import sys
from collections.abc import Callable


def was_killed(function: Callable[[], None], folder: str, number: int) -> bool:
    """A process that calls `function` and is killed before the line of that number which runs in the files of `folder`:
    was it killed, or had it come to its end before?"""
    lines = itertools.count()

    def trace(frame, event, _):
        if not frame.f_code.co_filename.startswith(folder):
            return None
        if event == "line" and next(lines) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace

    pid = os.fork()
    if not pid:
        sys.settrace(trace)
        function()
        sys.settrace(None)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
