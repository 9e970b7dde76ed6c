# queue.SimpleQueue: its put may be called from a handler.
from queue import Empty, SimpleQueue


class Orders:
    def __init__(self):
        self.waiting = SimpleQueue()
        self.take_call = self.waiting.put

    def next(self):
        try:
            return self.waiting.get_nowait()
        except Empty:
            return None
