# failed: One ring too few: it returns at once.
import signal


class Baker:
    def __init__(self):
        self.rung = False
        signal.signal(signal.SIGUSR1, self.on_ring)

    def on_ring(self, signum, frame):
        self.rung = True

    def sleep(self):

        self.rung = False
