# failed: When the last child is cleaned up, the next question raises ChildProcessError.
import os


class Bakery:
    def __init__(self):
        self.home = {}

    def on_child(self, signum, frame):

        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self.home[pid] = os.waitstatus_to_exitcode(status)
