"""Killed at every line: `python killed.py` has a process make each of some ways and be killed before the n-th line
that runs in the files of `ipclab.measure`, for every n. Prints for each way how many there were, and what a sweep
removed."""

import itertools
import json
import os
import signal
import sys
from pathlib import Path

import ipclab.measure
from ipclab.measure import ways
from ipclab.measure._way import Work
from ipclab.mechanisms import leftovers

FILES = str(Path(ipclab.measure.__file__).parent)


def dies_before_line(number):
    lines = itertools.count()

    def trace(frame, event, _):
        if not frame.f_code.co_filename.startswith(FILES):
            return None
        if event == "line" and next(lines) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return trace
    sys.settrace(trace)


def was_killed(way, number):
    pid = os.fork()
    if not pid:
        dies_before_line(number)
        ways.made(way, "python", Work(64, 2)).close()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL


for way in ("posix_queue", "posix_semaphore", "fifo"):
    removed = []
    for killed in itertools.count():
        if not was_killed(way, killed):
            break
        removed += [entry.kind for entry in leftovers.sweep()]
    print(json.dumps([killed, removed]))
