# A generator of those who have gone.
import os
from contextlib import suppress


def gone():
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            yield pid, os.waitstatus_to_exitcode(status)


class Bakery:
    def __init__(self):
        self.home = {}

    def on_child(self, signum, frame):
        for pid, code in gone():
            self.home[pid] = code
