# A generator gives the numbers; it must not be entered twice, so the signal is blocked around it.
import signal


def numbers():
    number = 1
    while True:
        yield number
        number += 1


class Tickets:
    def __init__(self):
        self._numbers = numbers()
        self.issued = []

    def on_ring(self, signal_number, interrupted):
        old = signal.pthread_sigmask(signal.SIG_BLOCK, [signal_number])
        self.issued.append(next(self._numbers))
        signal.pthread_sigmask(signal.SIG_SETMASK, old)
