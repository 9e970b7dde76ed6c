# stuck: The loop looks again after each waking, but the instant before falling asleep is still there.
import signal


class Baker:
    def __init__(self):
        self.rung = False
        signal.signal(signal.SIGUSR1, self.on_ring)

    def on_ring(self, signum, frame):
        self.rung = True

    def sleep(self):

        while not self.rung:
            signal.pause()
        self.rung = False
