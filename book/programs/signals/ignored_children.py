"""A parent that ignores SIGCHLD never learns how its children ended."""

import os
import subprocess

from ipclab import Signal

CHLD = Signal("CHLD")


def exit_code_of_child() -> int | str:
    child = os.fork()
    if child == 0:
        os._exit(7)
    try:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    except ChildProcessError as error:
        return error.strerror


def by_subprocess() -> int:
    return subprocess.run(["sh", "-c", "exit 7"]).returncode


print("by default:", exit_code_of_child(), "and", by_subprocess())
with CHLD.ignore():
    print("ignored:   ", exit_code_of_child(), "and", by_subprocess())
