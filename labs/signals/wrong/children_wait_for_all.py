# stuck: The loop waits for a child that is at work.
import os


class Bakery:
    def __init__(self):
        self.home = {}

    def on_child(self, signum, frame):

        while True:
            try:
                pid, status = os.waitpid(-1, 0)
            except ChildProcessError:
                return
            self.home[pid] = os.waitstatus_to_exitcode(status)
