# Reads as many bytes as there are, and hands them out one by one.
import os
import signal


class Counter:
    def __init__(self, door, bell):
        os.set_blocking(bell, False)
        signal.set_wakeup_fd(bell, warn_on_full_buffer=True)
        signal.signal(signal.SIGUSR1, self._nothing)
        self._events = self._all(door)

    def _nothing(self, signum, frame):
        pass

    def _all(self, door):
        while True:
            for byte in os.read(door, 100):
                yield "telephone" if byte == signal.SIGUSR1 else "customer"

    def next(self):
        return next(self._events)
