# differs: A list that the next SIGCHLD finds half done.
import os


class Bakery:
    def __init__(self):
        self.home, self.found = {}, []

    def on_child(self, signum, frame):
        self.found = []
        try:
            while (child := os.waitpid(-1, os.WNOHANG))[0]:
                self.found.append(child)
        except ChildProcessError:
            pass
        for pid, status in self.found:
            self.home[pid] = os.waitstatus_to_exitcode(status)
