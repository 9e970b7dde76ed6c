# The handler writes a byte, and a byte is read: to look and to fall asleep are one call.
import os
import signal


class Baker:
    def __init__(self):
        self.ear, self.wire = os.pipe()
        signal.signal(signal.SIGUSR1, self.on_ring)

    def on_ring(self, signum, frame):
        os.write(self.wire, b"r")

    def sleep(self):
        os.read(self.ear, 1)
