# WIFEXITED and WEXITSTATUS, as in C.
import os


class Bakery:
    def __init__(self):
        self.home = {}

    def on_child(self, signum, frame):

        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
            while pid > 0:
                if os.WIFEXITED(status):
                    self.home[pid] = os.WEXITSTATUS(status)
                elif os.WIFSIGNALED(status):
                    self.home[pid] = -os.WTERMSIG(status)
                pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            pass
