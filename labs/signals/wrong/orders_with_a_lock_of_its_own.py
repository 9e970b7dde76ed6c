# stuck: A lock around the list, in the handler, too.
import threading


class Orders:
    def __init__(self):
        self.lock, self.waiting = threading.Lock(), []

    def take_call(self, order):
        with self.lock:
            self.waiting.append(order)

    def next(self):
        with self.lock:
            return self.waiting.pop(0) if self.waiting else None
