# failed: What waitpid returns is not yet an exit status.
import os


class Bakery:
    def __init__(self):
        self.home = {}

    def on_child(self, signum, frame):

        try:
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                self.home[found[0]] = found[1]
        except ChildProcessError:
            pass
