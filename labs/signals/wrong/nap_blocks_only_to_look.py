# stuck: The signal is let through before the baker falls asleep.
import signal


class Baker:
    def __init__(self):
        self.rung = False
        signal.signal(signal.SIGUSR1, self.on_ring)

    def on_ring(self, signum, frame):
        self.rung = True

    def sleep(self):

        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
        rung = self.rung
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if not rung:
            signal.pause()
        self.rung = False
