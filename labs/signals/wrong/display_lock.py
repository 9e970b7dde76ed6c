# stuck: A lock around print, which the handler then waits for.
import threading


class Display:
    def __init__(self, screen):
        self.screen, self.lock = screen, threading.Lock()

    def show(self, text):
        with self.lock:
            print(text, file=self.screen, flush=True)

    def on_ring(self, signum, frame):
        with self.lock:
            print("telephone", file=self.screen, flush=True)
