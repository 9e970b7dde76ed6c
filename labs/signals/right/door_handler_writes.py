# The handler writes the byte itself.
import os
import signal


class Counter:
    def __init__(self, door, bell):
        self.door, self.bell = door, bell
        signal.signal(signal.SIGUSR1, self.on_ring)

    def on_ring(self, signum, frame):
        os.write(self.bell, b"t")

    def next(self):
        return {b"c": "customer", b"t": "telephone"}[os.read(self.door, 1)]
