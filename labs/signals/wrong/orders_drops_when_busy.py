# differs: The handler does not wait for the lock, and throws the order away.
import threading


class Orders:
    def __init__(self):
        self.lock, self.waiting = threading.Lock(), []

    def take_call(self, order):
        if self.lock.acquire(blocking=False):
            self.waiting.append(order)
            self.lock.release()

    def next(self):
        with self.lock:
            return self.waiting.pop(0) if self.waiting else None
