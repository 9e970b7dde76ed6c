# differs: Where the lock is taken, the entry is left out.
import threading


class Journal:
    def __init__(self):
        self.lock = threading.Lock()
        self.entries = []

    def write(self, text):
        if self.lock.acquire(blocking=False):
            self.entries.append((len(self.entries) + 1, text))
            self.lock.release()

    def read(self):
        with self.lock:
            return list(self.entries)
