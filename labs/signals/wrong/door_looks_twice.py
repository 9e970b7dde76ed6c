# stuck: Looking once more before reading makes the gap smaller, not zero.
import os
import signal


class Counter:
    def __init__(self, door, bell):
        self.door, self.rung = door, False
        signal.signal(signal.SIGUSR1, self.on_ring)

    def on_ring(self, signum, frame):
        self.rung = True

    def next(self):
        while True:
            if self.rung:
                self.rung = False
                return "telephone"
            if os.read(self.door, 1):
                return "customer"
