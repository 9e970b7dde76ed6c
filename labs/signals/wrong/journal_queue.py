# stuck: queue.Queue has a lock inside.
import queue


class Journal:
    def __init__(self):
        self.slips = queue.Queue()
        self.texts = []

    def write(self, text):
        self.slips.put(text)

    def read(self):
        while not self.slips.empty():
            self.texts.append(self.slips.get())
        return list(enumerate(self.texts, start=1))
