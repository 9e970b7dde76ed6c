# Both go round the buffer, a whole line at a time.
import os


class Display:
    def __init__(self, screen):
        self._cable = screen.fileno()

    def _line(self, text):
        os.write(self._cable, f"{text}\n".encode())

    def show(self, text):
        self._line(text)

    def on_ring(self, signum, frame):
        self._line("telephone")
