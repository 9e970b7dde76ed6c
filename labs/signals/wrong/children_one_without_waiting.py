# failed: It does not wait any more, but still takes only one.
import os


class Bakery:
    def __init__(self):
        self.home = {}

    def on_child(self, signum, frame):

        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid:
            self.home[pid] = os.waitstatus_to_exitcode(status)
