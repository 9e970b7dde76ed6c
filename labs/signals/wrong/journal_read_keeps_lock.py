# stuck: `write` is free of locks, but `read` still takes one that `write` waits for.
import threading


class Journal:
    def __init__(self):
        self.lock = threading.Lock()
        self.texts = []

    def write(self, text):
        self.lock.acquire()
        self.lock.release()
        self.texts.append(text)

    def read(self):
        with self.lock:
            return list(enumerate(self.texts, start=1))
