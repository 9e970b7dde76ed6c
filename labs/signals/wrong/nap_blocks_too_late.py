# stuck: What comes before the signal is blocked is handled, and then waited for.
import signal


class Baker:
    def __init__(self):
        self.rung = False
        signal.signal(signal.SIGUSR1, self.on_ring)

    def on_ring(self, signum, frame):
        self.rung = True

    def sleep(self):

        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
        signal.sigwait({signal.SIGUSR1})
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
