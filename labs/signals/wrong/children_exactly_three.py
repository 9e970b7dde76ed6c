# raised: Three went home today; tomorrow it may be two, or none.
import os


class Bakery:
    def __init__(self):
        self.home = {}

    def on_child(self, signum, frame):

        for _ in range(3):
            pid, status = os.waitpid(-1, 0)
            self.home[pid] = os.waitstatus_to_exitcode(status)
