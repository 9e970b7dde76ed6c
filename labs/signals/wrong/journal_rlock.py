# differs: An RLock does not wait, and lets the handler in when the work is half done.
import threading


class Journal:
    def __init__(self):
        self.lock = threading.RLock()
        self.entries = []

    def write(self, text):
        with self.lock:
            number = len(self.entries) + 1
            self.entries.append((number, text))

    def read(self):
        with self.lock:
            return list(self.entries)
