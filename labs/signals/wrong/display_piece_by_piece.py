# differs: Round the buffer, but each line in two pieces.
import os


class Display:
    def __init__(self, screen):
        self.cable = screen.fileno()

    def show(self, text):
        os.write(self.cable, text.encode())
        os.write(self.cable, b"\n")

    def on_ring(self, signum, frame):
        os.write(self.cable, b"telephone\n")
