# blocked: After the first ring the telephone is dead.
import signal


class Tickets:
    def __init__(self):
        self.next = 1
        self.issued = []

    def on_ring(self, signum, frame):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signum})
        self.issued.append(self.next)
        self.next += 1
