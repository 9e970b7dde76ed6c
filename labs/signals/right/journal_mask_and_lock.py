# The mask first, then the lock that threads may still need.
import signal
import threading


class Journal:
    def __init__(self):
        self.lock, self.entries = threading.Lock(), []

    def _guarded(self, work):
        before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        try:
            with self.lock:
                return work()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def write(self, text):
        self._guarded(lambda: self.entries.append((len(self.entries) + 1, text)))

    def read(self):
        return self._guarded(lambda: list(self.entries))
