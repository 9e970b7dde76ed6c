# stuck: The signal is not blocked, so a handler takes it, and nothing is left to ask for.
import signal


class Baker:
    def __init__(self):
        self.rung = False
        signal.signal(signal.SIGUSR1, self.on_ring)

    def on_ring(self, signum, frame):
        self.rung = True

    def sleep(self):

        signal.sigwaitinfo({signal.SIGUSR1})
