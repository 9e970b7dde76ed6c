# differs: The number is looked up before the signal is blocked.
import signal


class Tickets:
    def __init__(self):
        self.next = 1
        self.issued = []

    def on_ring(self, signum, frame):
        number = self.next
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signum})
        self.issued.append(number)
        self.next = number + 1
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
