# stuck: get_nowait() does not wait for an order, but it does wait for the lock.
import queue


class Orders:
    def __init__(self):
        self.waiting = queue.Queue()

    def take_call(self, order):
        self.waiting.put_nowait(order)

    def next(self):
        try:
            return self.waiting.get_nowait()
        except queue.Empty:
            return None
