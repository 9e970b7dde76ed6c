# failed: It looks twice, and the third is left.
import os


class Bakery:
    def __init__(self):
        self.home = {}

    def on_child(self, signum, frame):
        for _ in range(2):
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if pid:
                self.home[pid] = os.waitstatus_to_exitcode(status)
