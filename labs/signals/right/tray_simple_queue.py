# A SimpleQueue, emptied until it says so.
import queue


class Tray:
    def __init__(self):
        self.notes = queue.SimpleQueue()

    def put(self, note):
        self.notes.put(note)

    def _each(self):
        while True:
            try:
                yield self.notes.get(block=False)
            except queue.Empty:
                return

    def take(self):
        return list(self._each())
